import Stripe from 'stripe'
import { withDemoDates } from '@/lib/demo-dates'
import { activeLinks, planWorkshop } from '@/lib/setup/setup'
import { workshops } from '@/workshops.config'
import { calledAs } from './called-as'
import { openDatabase } from './client'
import { need, runCommand } from './command'

/** `npm run db:seed`: carries `workshops.config.ts` into Stripe and the database, as `ops setup` does, without asking. Test mode only; run again, it changes only what differs. */
export async function seed(
  source: Record<string, string | undefined>,
  log: (line: string) => void,
): Promise<void> {
  const { STRIPE_API_BASE_URL, WORKSHOP_DEMO } = source
  const { DATABASE_URL, STRIPE_SECRET_KEY, NEXT_PUBLIC_APP_URL } = need(
    source,
    'DATABASE_URL',
    'STRIPE_SECRET_KEY',
    'NEXT_PUBLIC_APP_URL',
  )
  if (!STRIPE_SECRET_KEY.startsWith('sk_test_'))
    throw new Error('STRIPE_SECRET_KEY must be a test key (sk_test_…): the seed makes products and codes')
  const base = STRIPE_API_BASE_URL ? new URL(STRIPE_API_BASE_URL) : undefined
  const stripe = new Stripe(
    STRIPE_SECRET_KEY,
    base ? { host: base.hostname, port: base.port, protocol: 'http' } : {},
  )
  const { db, close } = openDatabase(DATABASE_URL)
  try {
    const links = await activeLinks(stripe)
    for (const workshop of WORKSHOP_DEMO === '1' ? withDemoDates(workshops, new Date()) : workshops) {
      await (await planWorkshop({ db, stripe, appUrl: NEXT_PUBLIC_APP_URL }, workshop, links)).apply()
      log(`${workshop.title}: in Stripe and in the database`)
    }
  } finally {
    await close()
  }
}

const usage =
  () => `${calledAs('seed')}    carries workshops.config.ts into Stripe's test mode and the database, without asking

Needs DATABASE_URL, STRIPE_SECRET_KEY (sk_test_…) and NEXT_PUBLIC_APP_URL. To see first what would change,
or with a live key: ${calledAs('ops setup')}`

if (import.meta.filename === process.argv[1])
  await runCommand(usage(), () => seed(process.env, (line) => console.log(line)))
