import { z } from 'zod'
import { verdictSchema } from './guard'
import { rolloutSettingSchema } from './setting'

/** What servers tell each other about the rollout. */

const printable = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u)

/** A visitor to whom an offer of a product was shown, and who may have set out to pay. Moments are ISO 8601. */
export const exposureSchema = z.strictObject({
  visitorId: printable(200),
  productId: printable(191),
  variant: printable(64),
  guarded: z.boolean(),
  shownAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
})
export type Exposure = z.output<typeof exposureSchema>

/** So many exposures, in so many bytes, does the route read at once. */
export const EXPOSURES_A_CALL = 40
export const BYTES_A_CALL = 16 * 1024

/** The body of `POST /api/stripe/rollout`. */
export const exposureReportSchema = z.strictObject({
  exposures: z.array(exposureSchema).max(EXPOSURES_A_CALL),
})

/** What is shared: the stored setting (`null` where nobody stored one) and the guard's verdict. */
export const sharedSchema = z.object({
  setting: rolloutSettingSchema.nullable(),
  verdict: verdictSchema,
})
export type Shared = z.output<typeof sharedSchema>

/** What came of checkouts in one second; `second` is Unix time. */
export type SecondCount = { second: number; attempts: number; failures: number }

/** What one process has to tell since it last did. */
export type Report = { exposures: Exposure[]; counts: SecondCount[] }

/** The exchange failed, but not before the report's counts were taken. */
export class CountsTaken extends Error {
  override readonly name = 'CountsTaken'

  constructor(cause: unknown) {
    super('the counts were taken, and nothing came back', { cause })
  }
}

/** Hands a report over, and answers what is shared. Throws where nobody can be asked. */
export type Exchange = (report: Report) => Promise<Shared>
