import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { expect } from 'vitest'
import * as tables from '@/db/schema'
import { type Shop, someone, type WorkshopOnSale } from '@/sandbox/testing/shop'
import { workshops } from '@/workshops.config'

/** What buyers, Stripe and the scheduler may expect of us while something behind us is broken, and after it. */

/** How long a buyer waits at the most, in milliseconds: then their browser gives up. */
export const LONGEST_WAIT_MS = 8000

export type Sale = { sessionId: string; email: string }

/** Checkouts that were opened while all was well. */
export async function openSales(shop: Shop, productId: string, count: number): Promise<Sale[]> {
  const sales: Sale[] = []
  for (let index = 0; index < count; index++)
    sales.push({ sessionId: await shop.checkout({ productId }), email: someone('fault') })
  return sales
}

export const payAll = (shop: Shop, sales: Sale[]) =>
  Promise.all(sales.map(({ sessionId, email }) => shop.stripe.pay(sessionId, { email })))

export async function timed<T>(work: Promise<T>): Promise<{ answer: T; ms: number }> {
  const started = performance.now()
  const answer = await work
  return { answer, ms: performance.now() - started }
}

/** A buyer is answered in time, in the contract's words, and with somewhere else to go. */
export async function expectLedToLink(
  shop: Shop,
  { productId, paymentLink }: WorkshopOnSale,
  code = /^(unavailable|internal)$/,
): Promise<void> {
  const { answer, ms } = await timed(shop.register({ productId, attemptId: randomUUID() }))
  const { status, body } = answer
  expect(status).toBeGreaterThanOrEqual(500)
  expect(body).toMatchObject({ code: expect.stringMatching(code) })
  expect(`${body.fallbackUrl}`).toContain(paymentLink ?? 'a link of its own')
  expect(ms).toBeLessThan(LONGEST_WAIT_MS)
}

/** The pages, the offer and the process itself. */
export async function expectPagesUp(shop: Shop, { slug }: WorkshopOnSale): Promise<void> {
  const paths = [`/workshop/${workshops[0]?.slug}`, '/', '/api/health', `/api/workshop/${slug}/offer`]
  for (const path of paths) {
    const { answer, ms } = await timed(shop.send(path))
    expect.soft(answer.status, path).toBe(200)
    expect.soft(ms, path).toBeLessThan(LONGEST_WAIT_MS)
  }
}

/** What the webhook has answered to each delivery of a sale so far; null where nobody waited for it. */
export async function webhookAnswers(shop: Shop, { sessionId }: Sale): Promise<(number | null)[]> {
  const { id } = await shop.eventOf(sessionId, 'checkout.session.completed')
  const deliveries = shop.stripe.deliveries().filter(({ event }) => event === id)
  return deliveries.flatMap(({ attempts }) => attempts.map(({ status }) => status))
}

/** Stripe delivers again what nobody took, and the scheduler runs, until nothing waits. */
export async function recover(shop: Shop): Promise<void> {
  await shop.delivered()
  const failed = shop.stripe.deliveries().filter(({ status }) => status === 'failed')
  for (const event of new Set(failed.map(({ event }) => event))) await shop.stripe.resend(event)
  const waiting = async () => {
    await shop.makeDue()
    await shop.cron('inbox')
    await shop.cron('outbox')
    const { outbox, stripeEvent } = tables
    return [
      await shop.db.$count(outbox, eq(outbox.status, 'pending')),
      await shop.db.$count(stripeEvent, eq(stripeEvent.status, 'pending')),
    ].join()
  }
  await expect.poll(waiting, { timeout: 40_000, interval: 200 }).toBe('0,0')
}

/** Each sale once: a purchase, its session's row, a buyer, one letter. */
export async function expectRecordedOnce(shop: Shop, productId: string, sales: Sale[]): Promise<void> {
  const purchases = await shop.purchases(productId)
  expect(purchases.map(({ totalAmount, status }) => `${status} ${Number(totalAmount)}`)).toEqual(
    Array(sales.length).fill('Valid 499'),
  )
  const { user } = tables
  for (const { sessionId, email } of sales) {
    expect(await shop.checkoutOf(sessionId)).toMatchObject({ status: 'complete', email })
    expect(await shop.db.$count(user, eq(user.email, email))).toBe(1)
    const letters = shop.mail.messages().filter(({ envelope }) => envelope.to.includes(email))
    expect(new Set(letters.map(({ messageId }) => messageId)).size).toBe(1)
  }
}

/** A session that was made too late for its buyer is over: nobody pays for it beside the payment link. */
export async function expectNothingElsePayable(shop: Shop, productId: string, told: string[]): Promise<void> {
  const open = async () => {
    const ids: string[] = []
    for await (const { id, metadata, status } of shop.client.checkout.sessions.list({ limit: 100 }))
      if (metadata?.productId === productId && status === 'open' && !told.includes(id)) ids.push(id)
    return ids
  }
  await expect.poll(open, { timeout: 15_000 }).toEqual([])
}
