import 'server-only'
import type Stripe from 'stripe'
import type { Database } from '@/db/client'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import type { Change, Plan } from './change'
import { planRows, recordedPrices } from './rows'
import { planStripe, type StripeIds } from './stripe'

type SetupDeps = { db: Database; stripe: Stripe; appUrl: string }

export type WorkshopPlan = Plan & {
  workshop: WorkshopDeclaration
  /** Writes: Stripe first, then the rows with the ids that Stripe gave. Cut off, it is planned and applied again. */
  apply: (done?: (change: Change) => void) => Promise<StripeIds>
}

/** Every active payment link of the account. */
export async function activeLinks(stripe: Stripe): Promise<Stripe.PaymentLink[]> {
  const links: Stripe.PaymentLink[] = []
  for await (const link of stripe.paymentLinks.list({ active: true, limit: 100 })) links.push(link)
  return links
}

/** What carrying one declared workshop into Stripe and the database would change. It writes nothing; nothing is ever deleted. */
export async function planWorkshop(
  { db, stripe, appUrl }: SetupDeps,
  workshop: WorkshopDeclaration,
  links: Stripe.PaymentLink[],
): Promise<WorkshopPlan> {
  const known = await recordedPrices(db, workshop)
  const atStripe = await planStripe(stripe, workshop, appUrl, links, known)
  const rows = await planRows(db, workshop, atStripe.ids())
  return {
    workshop,
    changes: [...atStripe.changes, ...rows],
    problems: atStripe.problems,
    async apply(done = () => undefined) {
      for (const change of atStripe.changes) {
        await change.apply()
        done(change)
      }
      const ids = atStripe.ids()
      for (const change of await planRows(db, workshop, ids)) {
        await change.apply()
        done(change)
      }
      return ids
    },
  }
}
