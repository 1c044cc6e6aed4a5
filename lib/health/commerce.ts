import 'server-only'
import { schemaGaps } from '@/db/migrations/gaps'
import { commerce } from '@/lib/commerce'
import { probeMail } from '@/lib/email/probe'
import { env } from '@/lib/env'
import { inTime } from '@/lib/in-time'
import { MOST_SKEW_MS, probeStripe, type StripeProbe } from '@/lib/stripe/probe'
import { type CheckResult, failing, good, look, off, PATIENCE_MS, unknown } from './deep'

const NO_ANSWER = 'does not answer, or not in time'

/** What a sale needs of this process's own commerce side, looked at all at once. */
export async function checkCommerce(): Promise<Record<string, CheckResult>> {
  const probed = inTime(lookAtStripe(), PATIENCE_MS, 'late').catch(() => null)
  const [database, migrations, stripe, clock, mail] = await Promise.all([
    look(lookAtDatabase, failing(NO_ANSWER)),
    look(lookAtMigrations, unknown('the database did not tell')),
    probed.then(judgeStripe),
    probed.then(judgeClock),
    look(lookAtMail, failing(NO_ANSWER)),
  ])
  return { database, migrations, stripe, clock, mail }
}

async function lookAtDatabase(): Promise<CheckResult> {
  await commerce().handle.pool.query('select 1')
  return good
}

/** A missing index makes nothing fail: `ops doctor` names it. */
async function lookAtMigrations(): Promise<CheckResult> {
  const { tables, columns } = await schemaGaps(commerce().handle.pool)
  const missing = [
    ...tables,
    ...columns.flatMap(({ table, columns: of }) => of.map((one) => `${table}.${one}`)),
  ]
  return missing.length === 0 ? good : failing(`missing: ${missing.join(', ')}`)
}

const lookAtStripe = async () => {
  const { stripe, now } = commerce().deps
  return probeStripe(stripe, now, { timeout: PATIENCE_MS, maxNetworkRetries: 0 })
}

const judgeStripe = (probe: StripeProbe | null): CheckResult =>
  probe?.ok ? good : failing(probe?.why ?? NO_ANSWER)

function judgeClock(probe: StripeProbe | null): CheckResult {
  if (probe?.skewMs === undefined) return unknown('Stripe did not tell the time')
  const seconds = Math.round(probe.skewMs / 1000)
  if (Math.abs(probe.skewMs) <= MOST_SKEW_MS) return good
  return failing(`is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} Stripe's`)
}

async function lookAtMail(): Promise<CheckResult> {
  const { RESEND_API_KEY: resendApiKey, SMTP_URL: smtpUrl } = env()
  const probe = await probeMail({ resendApiKey, smtpUrl }, PATIENCE_MS)
  if (!probe) return off('no mail is set up')
  return probe.ok ? good : failing(probe.why ?? NO_ANSWER)
}
