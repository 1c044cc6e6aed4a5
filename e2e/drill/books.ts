import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { outbox, stripeEvent } from '../../db/schema'
import { runOps } from '../../ops/testing/run'
import type { Shop, WorkshopOnSale } from '../../sandbox/testing/shop'
import type { Crowd } from './visitors'

const SETTLE_MS = 60_000

type Books = { shop: Shop; workshop: WorkshopOnSale; crowd: Crowd; say: (line: string) => void }

/** Lets what waits come to its end, and compares: whoever paid has one purchase and one e-mail, and our own command finds no difference. */
export async function nothingLost({ shop, workshop, crowd, say }: Books): Promise<string[]> {
  await settle(shop)
  const problems: string[] = []
  const paid = crowd.visits.filter((visit) => visit.paid)
  const purchases = await shop.purchases(workshop.productId)
  const checkouts = await shop.checkouts(workshop.productId)
  for (const { sessionId, way } of paid) {
    const row = checkouts.find((one) => one.sessionId === sessionId)
    const own = purchases.filter(({ id }) => id === row?.purchaseId)
    if (own.length !== 1) problems.push(`${sessionId} (${way}) was paid and has ${own.length} purchases`)
    else if (shop.mailTo(row?.email ?? '').length !== 1)
      problems.push(`${sessionId} (${way}) has ${shop.mailTo(row?.email ?? '').length} e-mails`)
  }
  if (purchases.length !== paid.length)
    problems.push(`${paid.length} sales were paid, and ${purchases.length} are recorded`)
  say(
    `${crowd.visits.length} visitors, ${paid.length} sales paid, ${purchases.length} recorded, each with its e-mail`,
  )
  const { code, out, err } = await runOps(['reconcile'], shop.env)
  if (code === 0) say('ops reconcile: no differences')
  else problems.push(`ops reconcile ended with ${code}: ${out}${err}`.slice(0, 5000))
  return problems
}

/** What Stripe delivers again, and what is stored and tried again, as if the time for it had come. */
async function settle(shop: Shop): Promise<void> {
  await shop.delivered()
  const deadline = Date.now() + SETTLE_MS
  while (Date.now() < deadline) {
    await shop.makeDue('failed')
    await Promise.all([shop.cron('inbox'), shop.cron('outbox')])
    const waiting =
      (await shop.db.$count(stripeEvent, eq(stripeEvent.status, 'pending'))) +
      (await shop.db.$count(outbox, eq(outbox.status, 'pending')))
    if (waiting === 0) return
    await sleep(200)
  }
}
