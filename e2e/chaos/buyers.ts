import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../../sandbox/testing/random'
import { newVisitor, type Shop, type WorkshopOnSale } from '../../sandbox/testing/shop'
import type { Tally } from './tally'

export type Market = {
  shop: Shop
  /** Every server's address. */
  urls: string[]
  workshops: WorkshopOnSale[]
  /** How many people there are; some buy more than once. */
  people: number
  seed: number
  tally: Tally
}

type Buyer = Market & { random: () => number; email: string }

const pick = <T>(random: () => number, items: T[]): T => {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}

/** One visit, from the click to whatever becomes of the sale; all that chance decides is decided by seed and number. */
export async function visit(market: Market, number: number): Promise<void> {
  const random = randomFrom(market.seed * 7919 + number)
  const person = `person.${Math.floor(random() * market.people)}@example.com`
  const email = random() < 0.3 ? person.replace('person', 'Person') : person
  const buyer: Buyer = { ...market, random, email }
  const workshop = pick(random, market.workshops)
  const sessionId = random() < 0.12 ? openLink(buyer, workshop) : await register(buyer, workshop)
  if (!sessionId) return
  const paid = await pay(buyer, sessionId)
  if (random() < 0.4) void confirm(buyer, sessionId)
  if (paid && random() < 0.18) await sleep(random() * 1500).then(() => regret(buyer, sessionId))
}

function openLink({ shop, tally }: Buyer, { paymentLinkId }: WorkshopOnSale): string {
  tally.add('visits to a payment link')
  return shop.stripe.openLink(paymentLinkId).id
}

/** As the button does: the same attempt again, and then the payment link. */
async function register(buyer: Buyer, workshop: WorkshopOnSale): Promise<string | null> {
  const { shop, urls, random, tally, email } = buyer
  const visitor = newVisitor()
  const quantity = random() < 0.8 ? 1 : 2 + Math.floor(random() * 3)
  const intent = { productId: workshop.productId, email, quantity, attemptId: randomUUID() }
  for (let attempt = 1; attempt <= 12; attempt++) {
    const answer = await shop.register(intent, visitor, {}, pick(random, urls)).catch(() => null)
    if (answer?.status === 200) {
      tally.add('checkouts')
      return String(answer.body.sessionId)
    }
    if (answer?.status === 409) {
      tally.add(`refused: ${answer.body.code}`)
      return null
    }
    tally.add(answer ? `checkout answered ${answer.status}` : 'checkout unanswered')
    if (answer?.body.fallbackUrl && random() < 0.4) return openLink(buyer, workshop)
    await sleep(200 + random() * 600)
  }
  tally.add('gave up')
  return null
}

/** Answers whether money was taken at once. */
async function pay({ shop, random, tally, email }: Buyer, sessionId: string): Promise<boolean> {
  const chance = random()
  try {
    if (chance < 0.05) {
      tally.add('left unpaid')
      return false
    }
    if (chance < 0.08) {
      tally.add('expired')
      await shop.stripe.expire(sessionId)
      return false
    }
    if (chance < 0.16) {
      tally.add('paid by a slow method')
      await shop.stripe.pay(sessionId, { email, delayed: true })
      await sleep(random() * 2000)
      await shop.stripe.settle(sessionId, random() < 0.7)
      return false
    }
    const { kind } = await shop.stripe.pay(sessionId, { email })
    tally.add(kind === 'complete' ? 'paid' : `not paid: ${kind}`)
    return kind === 'complete'
  } catch (error) {
    // A session that was over before its buyer came.
    tally.add(
      `Stripe's page: ${error instanceof Error ? error.message.replace(/cs_\w+/, '…').slice(0, 60) : error}`,
    )
    return false
  }
}

/** The confirmation page, which races the webhook. */
async function confirm({ shop, urls, random }: Buyer, sessionId: string): Promise<void> {
  await shop
    .send(`${pick(random, urls)}/api/workshop/checkout/${sessionId}`, {
      method: 'POST',
      signal: AbortSignal.timeout(10_000),
    })
    .catch(() => undefined)
}

/** A refund, in part, in parts or whole, or a dispute. */
async function regret({ shop, random, tally }: Buyer, session: string): Promise<void> {
  const chance = random()
  if (chance < 0.35) {
    tally.add('refunded')
    shop.stripe.refund({ session })
  } else if (chance < 0.7) {
    tally.add('refunded in part')
    shop.stripe.refund({ session, amount: 1000 })
    await sleep(random() * 400)
    shop.stripe.refund({ session, amount: 2500 })
  } else {
    tally.add('disputed')
    const { id } = shop.stripe.openDispute({ session })
    await sleep(random() * 1500)
    if (random() < 0.7) shop.stripe.closeDispute(id, random() < 0.5 ? 'won' : 'lost')
  }
}
