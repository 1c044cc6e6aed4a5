/** What was looked at, and how it is: `wrong` stops sales or loses them, a `warning` may be meant. */
export type Check = {
  name: string
  level: 'fine' | 'warning' | 'wrong'
  detail: string
  /** What to do about it, in one sentence. */
  fix?: string
}

export const fine = (name: string, detail: string): Check => ({ name, level: 'fine', detail })
export const warning = (name: string, detail: string, fix: string): Check => ({
  name,
  level: 'warning',
  detail,
  fix,
})
export const wrong = (name: string, detail: string, fix: string): Check => ({
  name,
  level: 'wrong',
  detail,
  fix,
})
