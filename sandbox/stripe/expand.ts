import { Refusal } from './errors'
import type { Sandbox } from './sandbox'
import { row, type State } from './state'

type Plain = Record<string, unknown>

/** Which table an id in this field is in. */
const TABLES: Record<string, keyof State> = {
  balance_transaction: 'balanceTransactions',
  charge: 'charges',
  coupon: 'coupons',
  customer: 'customers',
  default_price: 'prices',
  latest_charge: 'charges',
  payment_intent: 'paymentIntents',
  payment_link: 'paymentLinks',
  payment_method: 'paymentMethods',
  product: 'products',
  promotion_code: 'promotionCodes',
  subscription: 'subscriptions',
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Fields that Stripe leaves out until they are asked for. */
function hidden(sandbox: Sandbox, object: Plain, field: string): unknown {
  const { state } = sandbox
  const id = String(object.id)
  const list = (data: unknown[], url: string) => ({ object: 'list', data, has_more: false, url })
  if (object.object === 'checkout.session' && field === 'line_items')
    return list(row(state.notes, id)?.lineItems ?? [], `/v1/checkout/sessions/${id}/line_items`)
  if (object.object === 'charge' && field === 'refunds')
    return list(
      Object.values(state.refunds)
        .filter((refund) => refund.charge === id)
        .reverse(),
      `/v1/charges/${id}/refunds`,
    )
  if (object.object === 'coupon' && field === 'applies_to')
    return row(state.couponProducts, id) ? { products: row(state.couponProducts, id) } : null
  return undefined
}

function breakdown(sandbox: Sandbox, session: Plain): unknown {
  const notes = row(sandbox.state.notes, String(session.id))
  const details = isPlain(session.total_details) ? session.total_details : {}
  const discounts = notes?.discount ? [{ amount: details.amount_discount, discount: notes.discount }] : []
  return { discounts, taxes: [] }
}

function step(sandbox: Sandbox, object: Plain, field: string, parent: Plain | null): unknown {
  const value = object[field]
  if (typeof value === 'string' && TABLES[field]) {
    const found = row(sandbox.state[TABLES[field]] as Record<string, unknown>, value)
    return found === undefined ? value : structuredClone(found)
  }
  if (value !== undefined) return value
  if (field === 'breakdown' && parent?.object === 'checkout.session')
    return structuredClone(breakdown(sandbox, parent))
  return structuredClone(hidden(sandbox, object, field))
}

function walk(sandbox: Sandbox, object: unknown, path: string[], whole: string, parent: Plain | null): void {
  const [field, ...rest] = path
  if (field === undefined) return
  if (Array.isArray(object)) {
    for (const item of object) walk(sandbox, item, path, whole, parent)
    return
  }
  if (!isPlain(object)) return
  const value = step(sandbox, object, field, parent)
  if (value === undefined)
    throw new Refusal(`This property cannot be expanded (${whole}).`, { param: 'expand' })
  // A coupon for everything has no `applies_to` even when it is asked for.
  if (value === null && !(field in object)) return
  object[field] = value
  walk(sandbox, value, rest, whole, object)
}

/** A copy of `object` for the wire, with the asked-for ids replaced by their objects. */
export function expand(sandbox: Sandbox, object: object, paths: string[]): object {
  const copy = structuredClone(object)
  for (const path of paths) {
    const parts = path.split('.')
    if (parts.length > 4 + (parts[0] === 'data' ? 1 : 0))
      throw new Refusal('You cannot expand more than 4 levels of a property.', { param: 'expand' })
    walk(sandbox, copy, parts, path, null)
  }
  return JSON.parse(JSON.stringify(copy))
}
