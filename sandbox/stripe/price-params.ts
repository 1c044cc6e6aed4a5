import { z } from 'zod'
import { bool, currency, decimal, ignored, int, metadata, text } from './params'

const recurring = z.strictObject({
  interval: z.enum(['day', 'week', 'month', 'year']),
  interval_count: int(1).optional(),
  usage_type: z.enum(['licensed', 'metered']).optional(),
  meter: ignored.optional(),
  trial_period_days: int(0).optional(),
})

export const productDataParams = z.strictObject({
  name: text(),
  id: text().optional(),
  active: bool.optional(),
  metadata: metadata.optional(),
  statement_descriptor: text(22).optional(),
  tax_code: text().optional(),
  unit_label: text().optional(),
  tax_details: ignored.optional(),
})

export const priceCreateParams = z.strictObject({
  currency,
  active: bool.optional(),
  unit_amount: int(0, 99_999_999).optional(),
  unit_amount_decimal: decimal.optional(),
  product: text().optional(),
  product_data: productDataParams.optional(),
  recurring: recurring.optional(),
  metadata: metadata.optional(),
  nickname: text().optional(),
  lookup_key: text(200).optional(),
  transfer_lookup_key: bool.optional(),
  tax_behavior: z.enum(['exclusive', 'inclusive', 'unspecified']).optional(),
  billing_scheme: z.enum(['per_unit']).optional(),
  currency_options: ignored.optional(),
  custom_unit_amount: ignored.optional(),
})
