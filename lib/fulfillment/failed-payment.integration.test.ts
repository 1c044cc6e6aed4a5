import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { checkoutSession, outbox } from '@/db/schema'
import { someone } from '@/sandbox/testing/shop'
import { fulfill } from './fulfill'
import { database, deps, openWireToStripe, sandbox, sell } from './wire.testing'

/** A delayed payment that came to nothing: who is told of it, and who isn't. */

openWireToStripe()

async function begun(by: 'session' | 'link' = 'session') {
  const { priceId } = await sell()
  const lines = { line_items: [{ price: priceId, quantity: 1 }] }
  const { id } =
    by === 'link'
      ? sandbox.control.openLink((await deps.stripe.paymentLinks.create(lines)).id)
      : await deps.stripe.checkout.sessions.create({
          ...lines,
          mode: 'payment',
          success_url: 'https://shop.example.com/',
          metadata: { source: 'egghead-next' },
        })
  const email = someone()
  await sandbox.control.pay(id, { email, delayed: true })
  return { id, email }
}

const fail = (id: string) => sandbox.control.settle(id, false)

const written = (id: string) =>
  database.db
    .select()
    .from(outbox)
    .where(eq(outbox.id, `payment-failed:${id}`))

const note = (id: string, change: { email: string; status?: 'open' }) =>
  database.db.update(checkoutSession).set(change).where(eq(checkoutSession.sessionId, id))

test('is told once, however often and by whomever it is heard of at once', async () => {
  const { id, email } = await begun()
  await fulfill(deps, id)
  await fail(id)
  await Promise.all([fulfill(deps, id), fulfill(deps, id), fulfill(deps, id)])
  await fulfill(deps, id)
  expect(await written(id)).toMatchObject([{ kind: 'email.payment-failed', payload: { email } }])
})

test('is told though nobody heard that it had begun', async () => {
  const { id, email } = await begun()
  await fail(id)
  await fulfill(deps, id)
  expect(await written(id)).toMatchObject([{ payload: { email } }])
})

test('is told where an operator says that its buyer is reached', async () => {
  const { id } = await begun()
  await fulfill(deps, id)
  await note(id, { email: 'moved@example.com' })
  await fail(id)
  await fulfill(deps, id)
  expect(await written(id)).toMatchObject([{ payload: { email: 'moved@example.com' } }])
})

test.for([
  ['while it was under way', {}],
  ['before that was heard of', { status: 'open' }],
] as const)('is told to nobody who was forgotten %s', async ([, state]) => {
  const { id } = await begun()
  await fulfill(deps, id)
  await note(id, { email: '', ...state })
  await fail(id)
  await fulfill(deps, id)
  expect(await written(id)).toEqual([])
})

test('is told to nobody by whoever brings in the past', async () => {
  const { id } = await begun()
  await fail(id)
  await fulfill({ ...deps, quiet: true }, id)
  expect(await written(id)).toEqual([])
})

test.for([true, false])('of a payment link is told where we mail its buyers: %s', async (mailLinkSales) => {
  const { id } = await begun('link')
  await fail(id)
  expect(await fulfill({ ...deps, mailLinkSales }, id)).toMatchObject({ kind: 'noted', status: 'failed' })
  expect(await written(id)).toHaveLength(mailLinkSales ? 1 : 0)
})
