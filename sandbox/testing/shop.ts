import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { and, eq, isNotNull, like } from 'drizzle-orm'
import type Stripe from 'stripe'
import { z } from 'zod'
import * as tables from '@/db/schema'
import type { CheckoutRequest, CheckoutStatus } from '@/lib/contract/types'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { activeLinks, planWorkshop } from '@/lib/setup/setup'
import type { StripeIds } from '@/lib/setup/stripe'
import { workshops } from '@/workshops.config'
import type { PayRequest } from '../stripe/control'
import { sign } from '../stripe/webhooks'
import { type Env, type Surroundings, startApp, type TestApp } from './app'

/** An answer as its caller sees it; `body` is empty where it is not JSON. */
export type Answer = { status: number; headers: Headers; body: Record<string, unknown> }

/** Who is asking: without an `id`, somebody who was never here before. */
export type Visitor = { id?: string; as?: 'member' | 'yearly'; country?: string; address?: string }

export type WorkshopOnSale = WorkshopDeclaration & { priceId: string; paymentLinkId: string }

/** What buyers, Stripe and the scheduler do to the running product, in the words that tests are written in. */
export interface Shop extends TestApp {
  /** Puts a workshop on sale that no other test knows: $499, no end of seats, no codes. */
  sell(change?: Partial<WorkshopDeclaration>): Promise<WorkshopOnSale>
  /** `POST /api/workshop/checkout`. */
  register(
    request: unknown,
    visitor?: Visitor,
    headers?: Record<string, string>,
    server?: string,
  ): Promise<Answer>
  /** Registers, and answers the session's id. @throws where that was refused */
  checkout(request: Partial<CheckoutRequest>, visitor?: Visitor): Promise<string>
  /** Registers and pays; resolves with the session's id when the webhook has answered. */
  buy(request: Partial<CheckoutRequest>, payment?: PayRequest, visitor?: Visitor): Promise<string>
  /** Any request to the server. */
  send(path: string, init?: RequestInit): Promise<Answer>
  status(sessionId: string): Promise<CheckoutStatus>
  /** Calls the scheduler's route. */
  cron(route: 'inbox' | 'outbox' | 'holds' | 'reconcile'): Promise<Answer>
  /**
   * Whatever waits in inbox and outbox for its next try is due now, as if hours had passed; `failed`: of the outbox only what has failed,
   * so that nothing goes out again that is on its way at this moment.
   */
  makeDue(which?: 'failed'): Promise<void>
  /** Sends an event to a server's webhook, signed as Stripe signs, whatever the deliveries are set to. */
  deliver(event: Stripe.Event, server?: string): Promise<Answer>
  /** Resolves when Stripe has nothing under way to the webhook any more. */
  delivered(): Promise<void>
  purchases(productId: string): Promise<(typeof tables.purchase.$inferSelect)[]>
  /** The product's rows of `checkout_Session`, oldest first. */
  checkouts(productId: string): Promise<tables.CheckoutSessionRow[]>
  /** Our own row of a session. @throws if there is none */
  checkoutOf(sessionId: string): Promise<tables.CheckoutSessionRow>
  /** Stripe's own event of an object. @throws if there is none */
  eventOf(objectId: string, type: string): Promise<Stripe.Event>
  /** What the inbox says of an object's events of one type. */
  inbox(objectId: string, type: string): Promise<tables.StripeEventRow[]>
  /** Subjects of the mail that an address got, newest first. */
  mailTo(address: string): string[]
  /** Parameters of the sessions that Stripe was asked to make for a price. */
  sessionCalls(priceId: string): { params: unknown; idempotencyKey: string | null }[]
}

/** An address of a buyer that no other test writes to. */
export const someone = (name = 'buyer') => `${name}.${randomBytes(4).toString('hex')}@example.com`

export const newVisitor = (change: Visitor = {}): Visitor => ({
  id: randomBytes(16).toString('hex'),
  ...change,
})

const headersOf = ({ id, as, country, address }: Visitor): Record<string, string> => {
  const cookies = [...(id ? [`workshop_visitor=${id}`] : []), ...(as ? [`workshop_demo_viewer=${as}`] : [])]
  return {
    ...(cookies.length > 0 && { Cookie: cookies.join('; ') }),
    ...(country && { 'X-Client-Country': country }),
    ...(address && { 'X-Client-Address': address }),
  }
}

export async function openShop(env: Env = {}, around: Surroundings = {}): Promise<Shop> {
  const app = await startApp(env, around)
  const { db, stripe } = app

  const send: Shop['send'] = async (path, init) => {
    const url = new URL(path, app.url)
    const response = await fetch(url, { redirect: 'manual', ...init })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {} }
  }
  const register: Shop['register'] = (request, visitor = newVisitor(), headers = {}, server = app.url) =>
    send(`${server}/api/workshop/checkout`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headersOf(visitor), ...headers },
      body: JSON.stringify(request),
    })
  const checkout: Shop['checkout'] = async (request, visitor) => {
    const answer = await register({ attemptId: randomUUID(), ...request }, visitor)
    if (answer.status !== 200) throw new Error(`Refused: ${JSON.stringify(answer.body)}`)
    return z.object({ sessionId: z.string() }).parse(answer.body).sessionId
  }
  const buy: Shop['buy'] = async (request, payment, visitor) => {
    const sessionId = await checkout(request, visitor)
    const result = await stripe.pay(sessionId, payment)
    if (result.kind !== 'complete') throw new Error(`Not paid: ${JSON.stringify(result)}`)
    return sessionId
  }
  const checkoutOf: Shop['checkoutOf'] = async (sessionId) => {
    const rows = await db
      .select()
      .from(tables.checkoutSession)
      .where(eq(tables.checkoutSession.sessionId, sessionId))
    if (!rows[0]) throw new Error(`There is no checkout for ${sessionId}`)
    return rows[0]
  }

  return {
    ...app,
    send,
    register,
    checkout,
    buy,
    checkoutOf,
    async sell(change) {
      const workshop = { ...aWorkshop(), ...change }
      const deps = { db, stripe: app.client, appUrl: app.url }
      const made = await (await planWorkshop(deps, workshop, await activeLinks(app.client))).apply()
      const { paymentLink, priceId } = made
      // A link that Stripe does not know is what a test may want to sell through.
      const paymentLinkId = change?.paymentLink ? '' : await linkId(app, made)
      return { ...workshop, paymentLink, priceId, paymentLinkId }
    },
    status: async (sessionId) => {
      const { body } = await send(`/api/workshop/checkout/${sessionId}`)
      // The contract's own type: what it promises is what these tests look at.
      return body as CheckoutStatus
    },
    cron: (route) =>
      send(`/api/cron/${route}`, { headers: { Authorization: `Bearer ${app.env.CRON_SECRET}` } }),
    async makeDue(which) {
      const nextAttemptAt = new Date('2001-01-01')
      const { outbox, stripeEvent } = tables
      const failed = which && isNotNull(outbox.lastError)
      await db
        .update(outbox)
        .set({ nextAttemptAt })
        .where(and(eq(outbox.status, 'pending'), failed))
      await db.update(stripeEvent).set({ nextAttemptAt }).where(eq(stripeEvent.status, 'pending'))
    },
    deliver(event, server = app.url) {
      const rawBody = JSON.stringify(event)
      const signature = sign(rawBody, app.env.STRIPE_WEBHOOK_SECRET ?? '')
      return send(`${server}/api/stripe/webhook`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Stripe-Signature': signature },
        body: rawBody,
      })
    },
    async delivered() {
      const deadline = Date.now() + 15_000
      while (stripe.deliveries().some(({ status }) => status === 'pending')) {
        if (Date.now() > deadline) throw new Error('Stripe is still delivering')
        await sleep(20)
      }
    },
    purchases: (productId) =>
      db.select().from(tables.purchase).where(eq(tables.purchase.productId, productId)),
    checkouts: (productId) =>
      db
        .select()
        .from(tables.checkoutSession)
        .where(eq(tables.checkoutSession.productId, productId))
        .orderBy(tables.checkoutSession.createdAt),
    async eventOf(objectId, type) {
      for await (const event of app.client.events.list({ type, limit: 100 })) {
        if ('id' in event.data.object && event.data.object.id === objectId) return event
      }
      throw new Error(`There is no ${type} of ${objectId}`)
    },
    inbox: (objectId, type) =>
      db
        .select()
        .from(tables.stripeEvent)
        .where(and(eq(tables.stripeEvent.objectId, objectId), like(tables.stripeEvent.type, type))),
    mailTo: (address) =>
      app.mail
        .messages()
        .filter(({ envelope }) => envelope.to.includes(address))
        .map(({ subject }) => subject),
    sessionCalls: (priceId) =>
      stripe
        .requests()
        .filter(({ method, path }) => method === 'POST' && path === '/v1/checkout/sessions')
        .filter(({ params }) => JSON.stringify(params).includes(`"${priceId}"`))
        .map(({ params, idempotencyKey }) => ({ params, idempotencyKey })),
  }
}

async function linkId({ client }: TestApp, { paymentLink }: StripeIds): Promise<string> {
  for await (const { id, url } of client.paymentLinks.list({ limit: 100 })) if (url === paymentLink) return id
  throw new Error(`There is no payment link ${paymentLink}`)
}

const DAY = 24 * 60 * 60 * 1000
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString()

/** A declaration that no other test knows: $499, no end of seats, no codes. */
export function aWorkshop(): WorkshopDeclaration {
  const name = randomBytes(4).toString('hex')
  const [first] = workshops
  if (!first) throw new Error('no workshop is declared')
  const { summary, description, outline, instructor, howToJoin } = first
  return {
    ...{ summary, description, outline, instructor, howToJoin },
    slug: `workshop-${name}`,
    productId: `product_${name}`,
    stripeProductId: `prod_${name}`,
    title: `Workshop ${name}`,
    startsAt: inDays(40),
    endsAt: inDays(41),
    timeZone: 'America/Los_Angeles',
    price: { amount: 49900, currency: 'usd' },
  }
}

/** Does something to each, so many at a time. */
export async function inParallel<T, R>(
  items: T[],
  abreast: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: abreast }, worker))
  return results
}
