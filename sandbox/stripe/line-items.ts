import { z } from 'zod'
import { addPrice } from './catalogue'
import { missingParam, Refusal } from './errors'
import { newId } from './ids'
import { currency, decimal, ignored, int, metadata, text } from './params'
import { productDataParams } from './price-params'
import { findPrice } from './prices'
import type { Sandbox } from './sandbox'
import { row } from './state'
import type { WireLineItem, WirePrice } from './wire'

export const lineItemParams = z.strictObject({
  price: text().optional(),
  price_data: z
    .strictObject({
      currency,
      product: text().optional(),
      product_data: productDataParams
        .extend({ description: text().optional(), images: ignored.optional() })
        .optional(),
      unit_amount: int(0, 99_999_999).optional(),
      unit_amount_decimal: decimal.optional(),
      tax_behavior: z.enum(['exclusive', 'inclusive', 'unspecified']).optional(),
      recurring: ignored.optional(),
    })
    .optional(),
  quantity: int(1, 999_999).optional(),
  adjustable_quantity: ignored.optional(),
  dynamic_tax_rates: ignored.optional(),
  tax_rates: ignored.optional(),
  metadata: metadata.optional(),
})

type Given = z.output<typeof lineItemParams>

function priceOf(sandbox: Sandbox, given: Given, param: string): WirePrice {
  if (given.price !== undefined && given.price_data)
    throw new Refusal(`You may only specify one of these parameters: price, price_data.`, { param })
  if (given.price_data) {
    const { recurring: _, product_data, ...data } = given.price_data
    const { description: __, images: ___, ...product } = product_data ?? { name: '' }
    return addPrice(sandbox, { ...data, active: false, ...(product_data && { product_data: product }) })
  }
  if (given.price === undefined) throw missingParam(`${param}[price]`)
  const price = findPrice(sandbox, given.price, `${param}[price]`)
  if (!price.active)
    throw new Refusal('The price specified is inactive. This field only accepts active prices.', {
      param: `${param}[price]`,
    })
  if (!row(sandbox.state.products, price.product)?.active)
    throw new Refusal(
      'The price specified belongs to an inactive product. This field only accepts prices of active products.',
      { param: `${param}[price]` },
    )
  if (price.type === 'recurring')
    throw new Refusal(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      { param: 'mode' },
    )
  return price
}

export function makeLineItem(
  sandbox: Sandbox,
  price: WirePrice,
  quantity: number,
  meta: Record<string, string> = {},
): WireLineItem {
  const amount = Math.round(Number(price.unit_amount_decimal ?? 0) * quantity)
  return {
    id: newId('lineItem'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: row(sandbox.state.products, price.product)?.name ?? null,
    discounts: [],
    metadata: meta,
    price,
    quantity,
  } satisfies WireLineItem
}

/** Checks the `line_items` parameter and makes the items; all must be in one currency. */
export function makeLineItems(sandbox: Sandbox, given: Given[]): WireLineItem[] {
  if (given.length > 100)
    throw new Refusal('Checkout accepts a maximum of 100 line items.', { param: 'line_items' })
  const items = given.map((entry, index) => {
    const param = `line_items[${index}]`
    if (entry.quantity === undefined)
      throw new Refusal(`Quantity is required. Add \`quantity\` to \`${param}\``, {
        code: 'parameter_missing',
        param: `${param}[quantity]`,
      })
    return makeLineItem(sandbox, priceOf(sandbox, entry, param), entry.quantity, entry.metadata)
  })
  const [first] = items
  if (items.some((item) => item.currency !== first?.currency))
    throw new Refusal('All line items of a Checkout Session must have the same currency.', {
      param: 'line_items',
    })
  return items
}
