/**
 * Puts values into a text: `fill('Register · {price}', { price: '$424' })`. Texts are plain strings, so that a
 * server component can hand over its own.
 */
export const fill = (text: string, values: Record<string, string | number | undefined>): string =>
  text.replace(/\{(\w+)\}/g, (_, key: string) => `${values[key] ?? ''}`)
