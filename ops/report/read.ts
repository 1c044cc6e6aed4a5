import { and, eq, gte, lt, sql } from 'drizzle-orm'
import { quantileSorted } from 'simple-statistics'
import type { Database } from '@/db/client'
import { checkoutSession, exposure } from '@/db/schema'
import { type Interval, newcombe, wilson } from './intervals'

export type Asked = { since?: Date | undefined; until?: Date | undefined; product?: string | undefined }

/** One variant, inside or outside of the guard's windows. */
export type VariantReport = {
  variant: string
  /** The guard was not closed when they were shown the offer, or set out. */
  guarded: boolean
  exposures: number
  starts: number
  completions: number
  conversion: { rate: number } & Interval
  /** Minor units by currency: what Stripe took, and what went back of it. */
  revenue: { currency: string; amount: number; refunded: number }[]
  /** Seconds from the press to the recorded sale. */
  checkoutSeconds: { median: number; p90: number } | null
}

export type Report = {
  variants: VariantReport[]
  /** Conversion of `session` minus that of `payment-link`, outside of the guard's windows; null where one of them is missing. */
  difference: ({ difference: number } & Interval) | null
}

/** Each visitor once for a product, with what they bought of it, by what they were assigned. */
const rowsOf = ({ since, until, product }: Asked) => {
  const cohort = and(
    since && gte(exposure.shownAt, since),
    until && lt(exposure.shownAt, until),
    product ? eq(exposure.productId, product) : undefined,
  )
  const bought = sql`${checkoutSession.visitorId} = ${exposure.visitorId} and ${checkoutSession.productId} = ${exposure.productId} and ${checkoutSession.purchaseId} is not null`
  return { cohort, bought }
}

export async function readReport(db: Database, asked: Asked): Promise<Report> {
  const { cohort, bought } = rowsOf(asked)
  const group = { variant: exposure.variant, guarded: exposure.guarded }
  const seen = await db
    .select({ ...group, exposures: sql<string>`count(*)`, starts: sql<string>`count(${exposure.startedAt})` })
    .from(exposure)
    .where(cohort)
    .groupBy(exposure.variant, exposure.guarded)
    .orderBy(exposure.guarded, sql`${exposure.variant} desc`)
  const money = await db
    .select({
      ...group,
      currency: checkoutSession.currency,
      amount: sql<string>`sum(${checkoutSession.amountTotal})`,
      refunded: sql<string>`sum(${checkoutSession.amountRefunded})`,
    })
    .from(exposure)
    .innerJoin(checkoutSession, bought)
    .where(cohort)
    .groupBy(exposure.variant, exposure.guarded, checkoutSession.currency)
  const buyers = await db
    .select({
      ...group,
      startedAt: exposure.startedAt,
      boughtAt: sql<
        string | null
      >`timestampdiff(microsecond, ${exposure.startedAt}, min(${checkoutSession.completedAt}))`,
    })
    .from(exposure)
    .innerJoin(checkoutSession, bought)
    .where(cohort)
    .groupBy(exposure.visitorId, exposure.productId, exposure.variant, exposure.guarded, exposure.startedAt)
  const variants = seen.map(({ variant, guarded, ...counts }): VariantReport => {
    const same = (row: { variant: string; guarded: boolean }) =>
      row.variant === variant && row.guarded === guarded
    const theirs = buyers.filter(same)
    const seconds = theirs
      .flatMap(({ boughtAt }) => (boughtAt === null ? [] : [Number(boughtAt) / 1e6]))
      .filter((value) => value >= 0)
      .sort((left, right) => left - right)
    const exposures = Number(counts.exposures)
    const completions = theirs.length
    return {
      variant,
      guarded,
      exposures,
      // Who bought set out, whether their browser said so or not.
      starts: Math.max(Number(counts.starts), completions),
      completions,
      conversion: {
        rate: exposures === 0 ? 0 : completions / exposures,
        ...wilson({ successes: completions, of: exposures }),
      },
      // A row without a currency is a damaged one, which `reconcile` names.
      revenue: money
        .filter(same)
        .flatMap(({ currency, amount, refunded }) =>
          currency === null ? [] : [{ currency, amount: Number(amount), refunded: Number(refunded) }],
        ),
      checkoutSeconds:
        seconds.length === 0
          ? null
          : { median: quantileSorted(seconds, 0.5), p90: quantileSorted(seconds, 0.9) },
    }
  })
  return { variants, difference: differenceOf(variants) }
}

function differenceOf(variants: VariantReport[]): Report['difference'] {
  const of = (name: string) => variants.find(({ variant, guarded }) => variant === name && !guarded)
  const [session, link] = [of('session'), of('payment-link')]
  if (!session || !link) return null
  const proportion = ({ completions, exposures }: VariantReport) => ({
    successes: completions,
    of: exposures,
  })
  return newcombe(proportion(session), proportion(link))
}
