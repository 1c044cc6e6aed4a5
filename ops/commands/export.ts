import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import { stringify } from 'csv-stringify'
import { and, asc, eq, gt, gte, isNotNull } from 'drizzle-orm'
import { checkoutSession, purchase, user } from '@/db/schema'
import { toMajor } from '@/lib/pricing/money'
import { type OpsDeps, withOps } from '../deps'
import { moment, UsageError } from '../usage'

type Options = { csv?: boolean; since?: Date }

const PAGE = 500

/** `ops export --csv`: every recorded sale, a line each. */
export const exportCommand = (): Command =>
  new Command('export')
    .description(
      'every recorded sale as CSV on standard output: amounts, charge, session, code, variant, refunds',
    )
    .option('--csv', 'the one format there is')
    .option('--since <ISO>', 'only sales since then, e.g. 2026-01-31', moment)
    .action((options: Options) =>
      withOps(async (deps) => {
        if (!options.csv) throw new UsageError('Give --csv, the one format there is')
        // A spreadsheet takes a cell that begins with = + - @ for a formula: those are quoted away.
        const csv = stringify({ header: true, escape_formulas: true, columns: COLUMNS })
        await pipeline(Readable.from(sales(deps, options.since)), csv, process.stdout, { end: false })
      }),
    )

const COLUMNS = [
  'purchaseId',
  'createdAt',
  'status',
  'productId',
  'email',
  'name',
  'quantity',
  'currency',
  'total',
  'refunded',
  'sessionId',
  'chargeId',
  'customerId',
  'couponCode',
  'stripeCouponId',
  'tier',
  'source',
  'variant',
  'country',
  'flags',
]

const amountOf = ({ currency }: { currency: string | null }, amount: number | null) =>
  currency === null || amount === null ? undefined : toMajor({ amount, currency })

/** A page at a time, in the order of their ids, so that memory does not grow with the sales. */
async function* sales({ db, signal }: OpsDeps, since: Date | undefined) {
  for (let last = ''; ; ) {
    signal.throwIfAborted()
    const rows = await db
      .select({ checkout: checkoutSession, bought: purchase, email: user.email, name: user.name })
      .from(checkoutSession)
      .innerJoin(purchase, eq(purchase.id, checkoutSession.purchaseId))
      .leftJoin(user, eq(user.id, purchase.userId))
      .where(
        and(
          gt(checkoutSession.id, last),
          isNotNull(checkoutSession.purchaseId),
          since && gte(purchase.createdAt, since),
        ),
      )
      .orderBy(asc(checkoutSession.id))
      .limit(PAGE)
    for (const { checkout, bought, email, name } of rows) {
      yield {
        ...checkout,
        purchaseId: bought.id,
        createdAt: bought.createdAt.toISOString(),
        status: bought.status,
        productId: bought.productId,
        email,
        name,
        // A row of ours that somebody has damaged (`reconcile` names it): the purchase knows the amount as well.
        total: amountOf(checkout, checkout.amountTotal) ?? Number(bought.totalAmount),
        refunded: amountOf(checkout, checkout.amountRefunded),
        flags: (checkout.flags ?? []).join(' '),
      }
    }
    const end = rows.at(-1)
    if (!end || rows.length < PAGE) return
    last = end.checkout.id
  }
}
