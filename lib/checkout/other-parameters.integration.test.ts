import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { checkoutSession } from '@/db/schema'
import { checkoutRequestSchema } from '@/lib/contract/schemas'
import { database, deps, openWireToStripe, sandbox, sell } from '@/lib/fulfillment/wire.testing'
import { createCheckout } from './create'

/** Stripe refuses an idempotency key in two ways: it has it with other parameters, or the same request is still under way. */

openWireToStripe()

/** Presses the button, each time as the same visitor in the same attempt. */
function button(productId: string) {
  const intent = checkoutRequestSchema.parse({ productId, attemptId: randomUUID() })
  const visitorId = randomUUID()
  return () => createCheckout(deps, intent, { visitorId }, new AbortController().signal)
}

const tries = (productId: string) =>
  database.db
    .select()
    .from(checkoutSession)
    .where(eq(checkoutSession.productId, productId))
    .orderBy(checkoutSession.createdAt, checkoutSession.generation)

test('a try that Stripe has under its key with other parameters is given up, and the buyer gets a session', async () => {
  const { productId } = await sell()
  const press = button(productId)
  const first = await press()
  expect(await press()).toEqual(first)
  // As if the server went away before it wrote down the answer, and its successor puts the same into other words.
  const [row] = await tries(productId)
  await database.db
    .update(checkoutSession)
    .set({ status: 'creating', sessionId: null, url: null, params: { ...row?.params, locale: 'auto' } })
    .where(eq(checkoutSession.id, row?.id ?? ''))
  expect((await press()).sessionId).not.toBe(first.sessionId)
  expect(await tries(productId)).toMatchObject([
    { status: 'failed', generation: 0 },
    { status: 'open', generation: 1 },
  ])
})

test('a try that is still under way at Stripe is waited for, and no second one is begun', async () => {
  const { productId } = await sell()
  // Price and product are known from here on.
  await button(productId)()
  const press = button(productId)
  sandbox.control.setFaults({ hang: true })
  try {
    const pressed = await Promise.allSettled([press(), press()])
    expect(pressed).toMatchObject([
      { status: 'rejected', reason: { code: 'stripe_error' } },
      { status: 'rejected', reason: { code: 'stripe_error' } },
    ])
  } finally {
    sandbox.control.setFaults({})
  }
  expect(await tries(productId)).toMatchObject([
    { status: 'open', generation: 0 },
    { status: 'creating', generation: 0 },
  ])
})
