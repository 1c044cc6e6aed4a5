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

/** The most that the route reads at once: exposures, and bytes of the body. */
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

/** The checkouts that were tried, and those of them that failed, within one second. `second` is Unix time. */
export type SecondCount = { second: number; attempts: number; failures: number }

/** What one process has noted since its last report. */
export type Report = { exposures: Exposure[]; counts: SecondCount[] }

/** The exchange failed after the report's counts were stored: sent again, they would count twice. */
export class CountsTaken extends Error {
  override readonly name = 'CountsTaken'

  constructor(cause: unknown) {
    super('the counts were taken, and nothing came back', { cause })
  }
}

/** Hands a report over and returns what all servers share. Throws where neither the database nor the commerce side answers. */
export type Exchange = (report: Report) => Promise<Shared>
