import { z } from 'zod'

/** Zod schemas of the wire, for servers only: the browser imports the types. */

const blank = (value: unknown) => (value === '' || value === null ? undefined : value)

const printable = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'must hold no control characters')
    // Half of a character can be put into no address and no JSON column.
    .regex(/^\P{Cs}*$/u, 'must be well-formed Unicode')

const email = z.preprocess(blank, z.string().trim().max(254).pipe(z.email()).optional())
/** Whatever somebody typed: one that no code looks like is an unknown code. */
const code = z.preprocess(blank, printable(200).optional())
const name = z.preprocess(blank, printable(200).optional())

/** As long as Stripe takes them. */
const metadataValue = z.preprocess(blank, printable(500).optional())
const metadata = z.object({ name: metadataValue, workshopSlug: metadataValue }).optional()

const intent = {
  productId: printable(191),
  email,
  couponCode: code,
  quantity: z.int().min(1).max(100).default(1),
  attemptId: z.preprocess(blank, z.uuid().optional()),
  uiMode: z.preprocess(blank, z.enum(['hosted', 'embedded']).default('hosted')),
  allowDuplicate: z.boolean().default(false),
  metadata,
}

/** `POST /api/workshop/checkout`. Unknown keys are ignored: a page may send more than we know. */
export const checkoutRequestSchema = z.object(intent)

/** The body of `POST /api/workshop/checkout?start`: the product, as text. */
export const startSchema = printable(191)

export const buyerSchema = z.strictObject({
  email,
  name,
  member: z.boolean().optional(),
  country: z.preprocess(
    blank,
    z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code')
      .optional(),
  ),
  ip: z.preprocess(blank, z.union([z.ipv4(), z.ipv6()]).optional()),
  visitorId: z.preprocess(blank, printable(200).optional()),
  variant: z.preprocess(blank, printable(64).optional()),
})

/** `POST /api/stripe/checkout-session`. Unknown keys are refused: a storefront that sends them is out of step. */
export const serverCheckoutRequestSchema = z.strictObject({ ...intent, buyer: buyerSchema.optional() })

/** `GET /api/workshop/{slug}/offer`, from the query string. */
export const offerQuerySchema = z.object({
  couponCode: code,
  quantity: z.preprocess(blank, z.coerce.number().pipe(z.int().min(1).max(100)).default(1)),
})

/** `POST /api/stripe/offer`. */
export const serverOfferRequestSchema = z
  .strictObject({
    slug: printable(191).optional(),
    productId: printable(191).optional(),
    couponCode: code,
    quantity: z.int().min(1).max(100).default(1),
    buyer: buyerSchema.optional(),
  })
  .refine(({ slug, productId }) => slug !== undefined || productId !== undefined, {
    path: ['productId'],
    message: 'or slug has to be given',
  })

/** A workshop's, from the path. */
export const slugSchema = printable(191)

export const sessionIdSchema = z.string().regex(/^cs_[A-Za-z0-9_]{1,250}$/)

export type CheckoutIntent = z.output<typeof checkoutRequestSchema>
export type ServerCheckoutIntent = z.output<typeof serverCheckoutRequestSchema>
export type ServerOfferRequest = z.output<typeof serverOfferRequestSchema>
