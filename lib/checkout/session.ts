import 'server-only'
import { and, desc, eq, sql } from 'drizzle-orm'
import Stripe from 'stripe'
import { despiteDeadlocks } from '@/db/deadlock'
import { type CheckoutSessionRow, checkoutSession } from '@/db/schema'
import { CheckoutError } from '@/lib/contract/errors'
import type { CheckoutResponse } from '@/lib/contract/types'
import { fromStripeError, isTemporary, wasNotReached } from '@/lib/stripe/client'
import { countSession } from '@/lib/telemetry/metrics'
import { nameCheckout } from '@/lib/telemetry/request-context'
import { idempotencyKey } from './attempt'
import type { CommerceDeps } from './deps'
import { inOneOrder } from './frozen'
import type { NewHold } from './hold'
import { expireAtStripe } from './release'

/** What a call to Stripe is made from, and made from again. */
export type Frozen = Pick<
  CheckoutSessionRow,
  | 'id'
  | 'attemptKey'
  | 'generation'
  | 'productId'
  | 'quantity'
  | 'visitorId'
  | 'params'
  | 'email'
  | 'tier'
  | 'couponCode'
  | 'variant'
>

/** A session that may be handed out. `replaces`: the visitor may have others open for this workshop, which end now. */
export type Made = { response: CheckoutResponse; replaces: boolean }

const PATIENCE_MS = 3600
const LONGEST_WAIT_MS = 400
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** The one call. The row says first what is asked for, then what Stripe answered. */
export async function askStripe(deps: CommerceDeps, row: Frozen, tooLate: AbortSignal): Promise<Made> {
  nameCheckout(row.id)
  let session: Stripe.Checkout.Session
  try {
    session = await createAtStripe(deps.stripe, row)
  } catch (error) {
    const made = isInUse(error) ? await madeMeanwhile(deps, row.id) : undefined
    if (made) return made
    // After a timeout Stripe may have made it: the row keeps the seat until the sweep has asked again under the same key.
    if (nobodyHasTheUrl(error)) await closeUnmade(deps, row.id)
    throw describeRefusal(deps, error, row)
  }
  const written = await writeDown(deps, row, session)
  // Written by another try of the same attempt, or given up by it: then no row knows this session, and nobody may pay it.
  const known = written !== null || (await isKnown(deps, session.id))
  if (tooLate.aborted || !known) {
    await expireAtStripe(deps, { id: row.id, sessionId: session.id })
    throw new CheckoutError('unavailable')
  }
  // Two of the same attempt at once are one session.
  if (written) {
    const ui = session.url ? 'hosted' : 'embedded'
    countSession(row.variant, ui)
    deps.log.info(
      { event: 'checkout.created', checkoutId: row.id, sessionId: session.id, ui },
      'checkout created',
    )
  }
  return { response: answer(session), replaces: written === null || written.othersOpen > 0 }
}

/**
 * Null where another has written or ended the row meanwhile. What else this visitor has open for the workshop is counted on the way:
 * `LAST_INSERT_ID(…)` carries the count back in the statement's own answer.
 */
async function writeDown(
  { db }: CommerceDeps,
  { id, visitorId, productId }: Frozen,
  session: Stripe.Checkout.Session,
): Promise<{ othersOpen: number } | null> {
  const { url, client_secret, expires_at, amount_total } = session
  const others = sql`(select count(*) as n from ${checkoutSession} o
    where o.visitorId = ${visitorId} and o.status = 'open' and o.productId = ${productId})`
  const statement = sql`update ${checkoutSession} s, ${others} others
    set s.status = 'open', s.sessionId = ${session.id}, s.url = ${url ?? null}, s.clientSecret = ${client_secret ?? null},
      s.expiresAt = ${expires_at}, s.amountTotal = ${amount_total ?? null}, s.quantity = s.quantity + 0 * last_insert_id(others.n)
    where s.id = ${id} and s.status = 'creating'`
  const [written] = await despiteDeadlocks(() => db.execute(statement))
  return 'affectedRows' in written && written.affectedRows > 0 ? { othersOpen: written.insertId } : null
}

async function isKnown({ db }: CommerceDeps, sessionId: string): Promise<boolean> {
  return (await db.$count(checkoutSession, eq(checkoutSession.sessionId, sessionId))) > 0
}

const answer = (session: Pick<Stripe.Checkout.Session, 'id' | 'url' | 'client_secret'>): CheckoutResponse => {
  if (session.url) return { checkoutUrl: session.url, sessionId: session.id }
  if (session.client_secret) return { clientSecret: session.client_secret, sessionId: session.id }
  throw new CheckoutError('stripe_error')
}

/** What the same attempt got that was under way elsewhere until just now. */
async function madeMeanwhile({ db }: CommerceDeps, id: string): Promise<Made | undefined> {
  const [row] = await db.select().from(checkoutSession).where(eq(checkoutSession.id, id))
  return row?.status === 'open' && row.sessionId
    ? madeBefore({ ...row, sessionId: row.sessionId })
    : undefined
}

const madeBefore = ({
  sessionId: id,
  url,
  clientSecret: client_secret,
}: Pick<CheckoutSessionRow, 'url' | 'clientSecret'> & { sessionId: string }): Made => ({
  response: answer({ id, url, client_secret }),
  replaces: true,
})

const isInUse = (error: unknown) =>
  error instanceof Stripe.errors.StripeError && error.code === 'idempotency_key_in_use'

/** Asks again only when the connection was refused, or while the very same request is under way elsewhere. */
export async function createAtStripe(stripe: Stripe, row: Frozen): Promise<Stripe.Checkout.Session> {
  const giveUp = Date.now() + PATIENCE_MS
  for (let wait = 100; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      return await stripe.checkout.sessions.create(inOneOrder(row.params ?? {}), {
        idempotencyKey: idempotencyKey(row),
        timeout: Math.max(500, giveUp - Date.now()),
      })
    } catch (error) {
      if ((!isInUse(error) && !wasNotReached(error)) || Date.now() + wait > giveUp) throw error
      await pause(wait)
    }
  }
}

/** Refused, answered with an error, or never reached: there is no session that anybody could pay. */
const nobodyHasTheUrl = (error: unknown) =>
  wasNotReached(error) ||
  (error instanceof Stripe.errors.StripeError && error.statusCode !== undefined && !isInUse(error))

/** Gives a hold back for which Stripe has certainly made nothing. */
export const closeUnmade = (deps: CommerceDeps, id: string) =>
  deps.db
    .update(checkoutSession)
    .set({ status: 'failed' })
    .where(and(eq(checkoutSession.id, id), eq(checkoutSession.status, 'creating')))

function describeRefusal(deps: CommerceDeps, error: unknown, row: Frozen): unknown {
  if (!(error instanceof Stripe.errors.StripeError) || isTemporary(error)) return fromStripeError(error)
  const param = error.param ?? ''
  if (row.couponCode && (param.startsWith('discounts') || /coupon|promotion/.test(error.code ?? ''))) {
    // Used up or withdrawn since we looked.
    deps.prices.forget()
    const message = `The code ${row.couponCode} doesn't work for this workshop any more. You can register without it or try another one.`
    return new CheckoutError('invalid_coupon', { message, cause: error })
  }
  const beyond = beyondStripe(error.code, row)
  if (beyond) return beyond
  if (param === 'customer_email') {
    const details = { issues: [{ path: 'email', message: 'is not an address that Stripe accepts' }] }
    return new CheckoutError('invalid_request', {
      message: `Stripe doesn't accept this e-mail address.`,
      details,
    })
  }
  deps.prices.forget()
  return fromStripeError(error)
}

/**
 * An amount that Stripe doesn't take because of what its buyer asked for is no mistake of ours: else one visitor who asks for it again
 * and again would be an alarm, and open the guard for everybody.
 */
function beyondStripe(code: string | undefined, { couponCode, tier, quantity }: Frozen) {
  if (code === 'amount_too_small' && tier === 'code') {
    const message = `The code ${couponCode} leaves less than Stripe can take. You can register without it or try another one.`
    return new CheckoutError('invalid_coupon', { message })
  }
  if (code === 'amount_too_large' && quantity > 1) {
    const message = 'So many seats cost more than Stripe takes at once. Nothing was charged; choose fewer.'
    const details = { issues: [{ path: 'quantity', message: 'costs more than Stripe takes at once' }] }
    return new CheckoutError('invalid_request', { message, details })
  }
  return undefined
}

/**
 * The same attempt again: a double click, a retry, another server. Answers the session that it has, waits for the one that is under
 * way, or says which generation comes next where the last one is over.
 */
export async function resumeAttempt(
  deps: CommerceDeps,
  hold: NewHold,
  tooLate: AbortSignal,
): Promise<Made | { nextGeneration: number }> {
  const [row] = await deps.db
    .select()
    .from(checkoutSession)
    .where(eq(checkoutSession.attemptKey, hold.attemptKey))
    .orderBy(desc(checkoutSession.generation))
    .limit(1)
  if (!row) throw new CheckoutError('unavailable')
  const alive = (row.expiresAt ?? 0) * 1000 > deps.now().getTime()
  if (row.status === 'creating' && alive) {
    try {
      return await askStripe(deps, row, tooLate)
    } catch (error) {
      if (!isOutdated(error)) throw error
    }
  } else if (row.status === 'open' && alive && row.sessionId) {
    nameCheckout(row.id)
    return madeBefore({ ...row, sessionId: row.sessionId })
  }
  return { nextGeneration: row.generation + 1 }
}

/**
 * Whether a frozen try has to be given up: it would end too soon to be made now, and Stripe never saw it; or Stripe has it under its
 * key in other words, from another version of ours, and nobody was told that session's address.
 */
const isOutdated = (error: unknown) =>
  error instanceof CheckoutError &&
  (error.cause instanceof Stripe.errors.StripeIdempotencyError ||
    (error.cause instanceof Stripe.errors.StripeInvalidRequestError && error.cause.param === 'expires_at'))
