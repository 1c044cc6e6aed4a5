/** A JSON column's value. MariaDB keeps JSON as text, and not every driver parses it. */
export const fromJson = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value)
