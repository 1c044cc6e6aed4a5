import { errorCatalogue } from '../errors'
import type { ErrorCode } from '../types'
import type { ComponentName, Json } from './components'

export const content = (name: ComponentName, type = 'application/json') => ({
  [type]: { schema: { $ref: `#/components/schemas/${name}` } },
})

export const ok = (name: ComponentName) => ({ description: 'Done.', content: content(name) })

/** One answer a status; several codes may share it. */
export function refusals(...wanted: ErrorCode[]): Json {
  const everywhere: ErrorCode[] = ['method_not_allowed', 'internal']
  const all = [...wanted, ...everywhere]
  const statuses = [...new Set(all.map((code) => errorCatalogue[code].status))].sort()
  return Object.fromEntries(
    statuses.map((status) => {
      const named = all.filter((code) => errorCatalogue[code].status === status)
      return [
        status,
        { description: named.map((code) => `\`${code}\``).join(', '), content: content('Error') },
      ]
    }),
  )
}

export const plain = (description: string) => ({
  description,
  content: { 'application/json': { schema: { type: 'object' } } },
})

export const inPath = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })

export const bearer = [{ bearer: [] }]

/** What beginning a checkout may be refused with, whoever asks. */
export const checkoutRefusals: ErrorCode[] = [
  'invalid_request',
  'invalid_coupon',
  'coupon_not_eligible',
  'product_not_found',
  'already_purchased',
  'sold_out',
  'sale_not_open',
  'sale_closed',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
  'stripe_error',
  'misconfigured',
  'unavailable',
]
export const statusRefusals: ErrorCode[] = ['session_not_found', 'rate_limited', 'unavailable']
