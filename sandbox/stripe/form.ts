/** A decoded `application/x-www-form-urlencoded` body in Stripe's bracket notation: all leaves are strings. */
export type FormValue = string | FormValue[] | Form
export interface Form {
  [key: string]: FormValue
}

function isForm(value: FormValue | undefined): value is Form {
  return typeof value === 'object' && !Array.isArray(value)
}

function assign(target: Form, path: string[], value: string): void {
  const [head, ...rest] = path
  if (head === undefined || head === '__proto__') return
  if (rest.length === 0) {
    target[head] = value
    return
  }
  const key = rest[0] === '' ? [String(Object.keys(target[head] ?? {}).length), ...rest.slice(1)] : rest
  const child = Object.hasOwn(target, head) ? target[head] : undefined
  const next: Form = isForm(child) ? child : {}
  target[head] = next
  assign(next, key, value)
}

/** Objects whose keys are 0, 1, 2… were arrays. */
function revive(value: FormValue): FormValue {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(revive)
  const keys = Object.keys(value)
  if (keys.length > 0 && keys.every((key, index) => key === String(index)))
    return Object.values(value).map(revive)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]))
}

/** `a[b][0][c]=d` → `{ a: { b: [{ c: 'd' }] } }`. */
export function parseForm(text: string): Form {
  const form: Form = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const head = name.split('[', 1)[0] ?? name
    const path = [...name.slice(head.length).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')
    assign(form, [head, ...path], value)
  }
  return Object.fromEntries(Object.entries(form).map(([key, value]) => [key, revive(value)]))
}

/** A JSON value as the form that the SDK would send for it: for seeds and controls. Null and undefined leaves are left out. */
export function toForm(value: object): Form {
  const convert = (item: unknown): FormValue | undefined => {
    if (item === null || item === undefined) return undefined
    if (Array.isArray(item)) return item.map(convert).filter((entry) => entry !== undefined)
    if (typeof item === 'object') return toForm(item)
    return String(item)
  }
  const form: Form = {}
  for (const [key, item] of Object.entries(value)) {
    const converted = convert(item)
    if (converted !== undefined) form[key] = converted
  }
  return form
}
