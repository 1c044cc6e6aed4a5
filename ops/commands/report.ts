import { Command } from 'commander'
import { eq } from 'drizzle-orm'
import { exposure, product as products } from '@/db/schema'
import { formatMoney } from '@/lib/pricing/money'
import { type OpsDeps, withOps } from '../deps'
import type { Interval } from '../report/intervals'
import { type Report, readReport, type VariantReport } from '../report/read'
import { say } from '../say'
import { moment, UsageError } from '../usage'

type Options = { since?: Date; until?: Date; product?: string; json?: boolean }

/** `ops report`: both flows compared, by what visitors were assigned. */
export const reportCommand = (): Command =>
  new Command('report')
    .description('compares checkout with payment links, by what visitors were assigned')
    .option('--since <ISO>', 'only visitors first shown an offer since then, e.g. 2026-01-31', moment)
    .option('--until <ISO>', 'only visitors first shown an offer before then', moment)
    .option('--product <id>', "only this product, by Course Builder's id")
    .option('--json', 'one JSON object; money in minor units, times in seconds')
    .action(async ({ since, until, product, json }: Options) => {
      if (since && until && since >= until) throw new UsageError('--since is not before --until')
      await withOps(async ({ db }) => {
        const report = await readReport(db, { since, until, product })
        if (product && report.variants.length === 0 && !(await isKnown(db, product)))
          throw new UsageError(
            `There is no product ${product}: its id is in workshops.config.ts, or in Course Builder`,
          )
        if (json) say(JSON.stringify(report))
        else for (const line of lines(report)) say(line)
      })
    })

/** Nobody may have been shown an offer of it in the time that was asked for. */
async function isKnown(db: OpsDeps['db'], id: string): Promise<boolean> {
  if ((await db.$count(products, eq(products.id, id))) > 0) return true
  return (await db.$count(exposure, eq(exposure.productId, id))) > 0
}

const percent = (rate: number) => `${(rate * 100).toFixed(1)} %`
const between = ({ low, high }: Interval) => `95 % between ${percent(low)} and ${percent(high)}`

function lines({ variants, difference }: Report): string[] {
  if (variants.length === 0) return ['Nobody was shown an offer in this time.']
  return [...variants.flatMap(variantLines), ...differenceLines(difference)]
}

function variantLines(found: VariantReport): string[] {
  const { variant, guarded, exposures, starts, completions, conversion, revenue, checkoutSeconds } = found
  const paid = revenue.map(
    ({ currency, amount, refunded }) =>
      `${formatMoney({ amount, currency })}${refunded > 0 ? ` (of it refunded: ${formatMoney({ amount: refunded, currency })})` : ''}`,
  )
  return [
    `${variant}${guarded ? ', while the guard led visitors to payment links' : ''}`,
    `  shown to ${exposures}, started by ${starts}, bought by ${completions}`,
    `  conversion ${percent(conversion.rate)}, ${between(conversion)}`,
    `  revenue ${paid.join(', ') || 'none'}`,
    ...(checkoutSeconds
      ? [
          `  from the press to the sale: median ${checkoutSeconds.median.toFixed(1)} s, nine in ten within ${checkoutSeconds.p90.toFixed(1)} s`,
        ]
      : []),
  ]
}

function differenceLines(found: Report['difference']): string[] {
  if (!found) return ['There is only one variant: nothing to compare.']
  const { difference, low, high } = found
  const points = (value: number) => `${value >= 0 ? '+' : '-'}${(Math.abs(value) * 100).toFixed(1)}`
  const verdict =
    low > 0 ? 'checkout sells more' : high < 0 ? 'checkout sells less' : 'no difference can be told yet'
  return [
    `session against payment-link: ${points(difference)} percentage points, 95 % between ${points(low)} and ${points(high)}: ${verdict}`,
  ]
}
