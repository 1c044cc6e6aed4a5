import Stripe from 'stripe'
import { workshops } from '@/workshops.config'
import { openDatabase } from './client'
import { withDemoDates } from './demo-dates'
import { activeLinks, planWorkshop } from './setup/setup'

/** `npm run db:seed`: carries `workshops.config.ts` into Stripe and the database, as `ops setup` does, without asking. Test mode only; run again, it changes only what differs. */
export async function seed(
  source: Record<string, string | undefined>,
  log: (line: string) => void,
): Promise<void> {
  const { DATABASE_URL, STRIPE_SECRET_KEY, STRIPE_API_BASE_URL, NEXT_PUBLIC_APP_URL, WORKSHOP_DEMO } = source
  if (!DATABASE_URL) throw new Error('DATABASE_URL is missing: the MySQL database to fill')
  if (!NEXT_PUBLIC_APP_URL)
    throw new Error(
      'NEXT_PUBLIC_APP_URL is missing: where payment links lead back to, e.g. http://localhost:3000',
    )
  if (!STRIPE_SECRET_KEY?.startsWith('sk_test_'))
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

if (import.meta.filename === process.argv[1]) {
  await seed(process.env, (line) => console.log(line)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
