import { z } from 'zod'
import { exclusive, missingParam, Refusal } from './errors'
import { lineItemParams } from './line-items'
import { bool, currency, email, ignored, int, metadata, text, url } from './params'

/** Known to Stripe, without effect here. */
const WITHOUT_EFFECT = [
  'adaptive_pricing',
  'after_expiration',
  'allowed_payment_method_types',
  'automatic_tax',
  'billing_address_collection',
  'branding_settings',
  'consent_collection',
  'custom_fields',
  'custom_text',
  'customer_account',
  'customer_update',
  'excluded_payment_method_types',
  'integration_identifier',
  'invoice_creation',
  'locale',
  'managed_payments',
  'name_collection',
  'optional_items',
  'origin_context',
  'payment_method_collection',
  'payment_method_configuration',
  'payment_method_data',
  'payment_method_options',
  'permissions',
  'phone_number_collection',
  'saved_payment_method_options',
  'setup_intent_data',
  'shipping_address_collection',
  'shipping_options',
  'submit_type',
  'subscription_data',
  'tax_id_collection',
  'wallet_options',
] as const

const withoutEffect = Object.fromEntries(WITHOUT_EFFECT.map((name) => [name, ignored.optional()])) as Record<
  (typeof WITHOUT_EFFECT)[number],
  z.ZodOptional<z.ZodUnknown>
>

export const paymentIntentData = z.strictObject({
  metadata: metadata.optional(),
  description: text(1000).optional(),
  receipt_email: email.optional(),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).optional(),
  setup_future_usage: ignored.optional(),
  shipping: ignored.optional(),
  statement_descriptor: text(22).optional(),
  statement_descriptor_suffix: text(22).optional(),
  application_fee_amount: ignored.optional(),
  on_behalf_of: ignored.optional(),
  transfer_data: ignored.optional(),
  transfer_group: ignored.optional(),
})

export const sessionCreateParams = z.strictObject({
  ...withoutEffect,
  allow_promotion_codes: bool.optional(),
  cancel_url: url.optional(),
  client_reference_id: text(200).optional(),
  currency: currency.optional(),
  customer: text().optional(),
  customer_creation: z.enum(['always', 'if_required']).optional(),
  customer_email: email.optional(),
  discounts: z
    .array(z.strictObject({ coupon: text().optional(), promotion_code: text().optional() }))
    .optional(),
  expires_at: int().optional(),
  line_items: z.array(lineItemParams).optional(),
  metadata: metadata.optional(),
  mode: z.enum(['payment', 'setup', 'subscription']).optional(),
  payment_intent_data: paymentIntentData.optional(),
  redirect_on_completion: z.enum(['always', 'if_required', 'never']).optional(),
  return_url: url.optional(),
  success_url: url.optional(),
  ui_mode: z.enum(['elements', 'embedded_page', 'form', 'hosted_page']).optional(),
})

export type SessionGiven = z.output<typeof sessionCreateParams>

const notWith = (param: string, mode: string, instead: string) =>
  new Refusal(`\`${param}\` can not be used with \`ui_mode: ${mode}\`. Use \`${instead}\` instead.`, {
    param,
  })

function checkUi(given: SessionGiven): void {
  const mode = given.ui_mode ?? 'hosted_page'
  if (mode === 'hosted_page') {
    if (given.return_url !== undefined) throw notWith('return_url', mode, 'success_url')
    if (given.redirect_on_completion !== undefined)
      throw new Refusal('`redirect_on_completion` can only be used with `ui_mode: embedded_page`.', {
        param: 'redirect_on_completion',
      })
    if (given.success_url === undefined) throw missingParam('success_url')
    return
  }
  if (given.success_url !== undefined) throw notWith('success_url', mode, 'return_url')
  if (given.cancel_url !== undefined)
    throw new Refusal(`\`cancel_url\` can not be used with \`ui_mode: ${mode}\`.`, { param: 'cancel_url' })
  if (given.return_url === undefined && given.redirect_on_completion !== 'never')
    throw missingParam('return_url')
}

/** Refuses what Stripe refuses to see together, and what only this sandbox does not know. `now` in seconds. */
export function checkSessionParams(given: SessionGiven, now: number): void {
  if (given.mode === undefined) throw missingParam('mode')
  if (given.mode !== 'payment')
    throw new Refusal(`The sandbox knows mode \`payment\` only, not \`${given.mode}\`.`, { param: 'mode' })
  if (!given.line_items?.length) throw missingParam('line_items')
  checkUi(given)
  if (given.customer !== undefined && given.customer_email !== undefined)
    throw exclusive('customer', 'customer_email')
  if (given.customer !== undefined && given.customer_creation !== undefined)
    throw exclusive('customer', 'customer_creation')
  if (given.discounts !== undefined && given.allow_promotion_codes !== undefined)
    throw exclusive('allow_promotion_codes', 'discounts')
  if ((given.discounts?.length ?? 0) > 1)
    throw new Refusal('You can only specify one discount for a Checkout Session.', { param: 'discounts' })
  const [discount] = given.discounts ?? []
  if (discount?.coupon !== undefined && discount.promotion_code !== undefined)
    throw new Refusal('You may only specify one of these parameters: coupon, promotion_code.', {
      param: 'discounts[0]',
    })
  if (given.expires_at === undefined) return
  if (given.expires_at < now + 30 * 60)
    throw new Refusal(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      { param: 'expires_at' },
    )
  if (given.expires_at > now + 24 * 60 * 60)
    throw new Refusal(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      { param: 'expires_at' },
    )
}
