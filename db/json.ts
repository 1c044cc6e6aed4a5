/** A JSON column's value. MariaDB keeps JSON as text, and not every driver parses it; text that is none is the value itself. */
export function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
