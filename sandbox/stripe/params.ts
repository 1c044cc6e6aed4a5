import { z } from 'zod'
import { missingParam, Refusal } from './errors'
import type { Form } from './form'

/** Reports a refusal in Stripe's words from inside a schema. */
function refuse(ctx: z.RefinementCtx, message: string, code?: string): never {
  ctx.addIssue({ code: 'custom', message, params: { stripe: code } })
  return z.NEVER
}

export const text = (max = 5000) =>
  z.string().transform((value, ctx) => {
    if (value === '') return refuse(ctx, '', 'parameter_invalid_empty')
    if (value.length > max)
      return refuse(ctx, `Invalid string: ${value.slice(0, 10)}...; must be at most ${max} characters`)
    return value
  })

/** A string that an empty value unsets: null then. */
export const emptyable = z.string().transform((value) => (value === '' ? null : value))

export const int = (min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) =>
  z.string().transform((value, ctx) => {
    if (!/^-?\d+$/.test(value)) return refuse(ctx, `Invalid integer: ${value}`, 'parameter_invalid_integer')
    const number = Number(value)
    if (number < min)
      return refuse(
        ctx,
        `Invalid integer: ${value}; this value must be greater than or equal to ${min}.`,
        'parameter_invalid_integer',
      )
    if (number > max)
      return refuse(
        ctx,
        `Invalid integer: ${value}; this value must be less than or equal to ${max}.`,
        'parameter_invalid_integer',
      )
    return number
  })

export const decimal = z.string().transform((value, ctx) => {
  if (!/^\d+(\.\d+)?$/.test(value)) return refuse(ctx, `Invalid decimal: ${value}`)
  return Number(value)
})

export const bool = z.string().transform((value, ctx) => {
  if (value === 'true') return true
  if (value === 'false') return false
  return refuse(ctx, `Invalid boolean: ${value}`)
})

export const currency = z.string().transform((value, ctx) => {
  if (!/^[a-z]{3}$/i.test(value)) return refuse(ctx, `Invalid currency: ${value}.`)
  return value.toLowerCase()
})

export const email = z.string().transform((value, ctx) => {
  if (value === '') return refuse(ctx, '', 'parameter_invalid_empty')
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(value) || value.length > 800)
    return refuse(ctx, `Invalid email address: ${value}`, 'email_invalid')
  return value
})

export const url = z.string().transform((value, ctx) => {
  if (value === '') return refuse(ctx, '', 'parameter_invalid_empty')
  if (value.length > 5000)
    return refuse(ctx, 'Invalid string: must be at most 5000 characters', 'url_invalid')
  if (!/^https?:\/\/[^\s/]+/i.test(value) || !URL.canParse(value.replaceAll(/[{}]/g, '')))
    return refuse(
      ctx,
      'Not a valid URL. URLs must begin with http:// or https:// and include a host.',
      'url_invalid',
    )
  return value
})

const MAX_KEYS = 50

/** Metadata: at most 50 keys of 40 characters with values of 500. An empty value deletes the key. */
export const metadata = z
  .union([z.record(z.string(), z.string()), z.literal('').transform(() => ({}))])
  .transform((value: Record<string, string>, ctx) => {
    const entries = Object.entries(value)
    if (entries.length > MAX_KEYS)
      return refuse(
        ctx,
        `Metadata can only have up to ${MAX_KEYS} keys. You're trying to set ${entries.length} keys.`,
      )
    for (const [key, item] of entries) {
      if (key.length > 40)
        return refuse(
          ctx,
          `Metadata keys can have up to 40 characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`,
        )
      if (item.length > 500)
        return refuse(
          ctx,
          `Metadata values can have up to 500 characters, but you passed in a value that is ${item.length} characters. Invalid value: ${item}`,
        )
    }
    return value
  })

/** Stored metadata after an update: given keys replace, empty ones delete. */
export function mergeMetadata(
  stored: Record<string, string> | null,
  given: Record<string, string>,
): Record<string, string> {
  const merged = { ...stored, ...given }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''))
}

/** Any value: for parameters that Stripe knows and that change nothing here. */
export const ignored = z.unknown()

const bracket = (path: PropertyKey[]) =>
  path.map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`)).join('')

function sentence(values: readonly unknown[]): string {
  const words = values.map(String)
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`
}

function toRefusal(issue: z.core.$ZodIssue): Refusal {
  const param = bracket(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => bracket([...issue.path, key]))
    const message = `Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`
    return new Refusal(message, {
      code: 'parameter_unknown',
      early: true,
      ...(names[0] && { param: names[0] }),
    })
  }
  if (issue.input === undefined && issue.code !== 'custom') return missingParam(param)
  if (issue.code === 'invalid_value')
    return new Refusal(`Invalid ${param}: must be one of ${sentence(issue.values)}`, { param, early: true })
  if (issue.code !== 'custom') {
    const kind = issue.code === 'invalid_type' && issue.expected === 'array' ? 'array' : 'object'
    return new Refusal(`Invalid ${kind}`, { param, early: true })
  }
  const stripe: unknown = issue.params?.stripe
  if (stripe === 'parameter_invalid_empty')
    return new Refusal(
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
      { code: stripe, param, early: true },
    )
  return new Refusal(issue.message, {
    param,
    early: true,
    ...(typeof stripe === 'string' && { code: stripe }),
  })
}

/** Reads parameters through a schema; throws Stripe's refusal of the first thing that is wrong, unknown parameters before others. */
export function read<S extends z.ZodType>(schema: S, form: Form): z.output<S> {
  const result = schema.safeParse(form, { reportInput: true })
  if (result.success) return result.data
  const { issues } = result.error
  const first = issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0]
  throw first ? toRefusal(first) : new Refusal('Invalid request')
}
