import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type DatabaseHandle, openDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import * as tables from '@/db/schema'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { planRows } from '@/lib/setup/rows'
import { planStripe } from '@/lib/setup/stripe'
import { type Gate, startGate } from '@/sandbox/stripe/gate'
import { type RunningSandbox, startStripeSandbox } from '@/sandbox/stripe/server'
import { type CommerceUnderTest, commerceOn } from '@/sandbox/testing/commerce'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { aWorkshop, someone } from '@/sandbox/testing/shop'
import { fulfill } from './fulfill'

/** The commerce side in the test's own process, with a wire to Stripe on which answers can be changed or kept back. */

let server: TestDatabase
export let database: DatabaseHandle
export let sandbox: RunningSandbox
export let gate: Gate
export let deps: CommerceUnderTest
/** What was shouted about. */
export let alarms: Record<string, unknown>[] = []

const quiet = () => undefined
const error = (fields: object) => void alarms.push({ ...fields })

export function openWireToStripe(): void {
  beforeAll(async () => {
    server = await createTestDatabase()
    await migrate(server.url)
    database = openDatabase(server.url)
    sandbox = await startStripeSandbox()
    gate = await startGate(sandbox.url)
    deps = commerceOn(database, {
      secretKey: 'sk_test_shapes',
      baseUrl: gate.url,
      inngest: true,
      log: { debug: quiet, info: quiet, warn: quiet, error },
    })
  })
  afterAll(async () => {
    await gate.close()
    await sandbox.close()
    await database.close()
    await server.drop()
  })
  beforeEach(() => {
    gate.hooks.rewrite = undefined
    gate.hooks.after = undefined
    alarms = []
  })
}

export async function sell(change: Partial<WorkshopDeclaration> = {}, { known = true } = {}) {
  const workshop = { ...aWorkshop(), ...change }
  const plan = await planStripe(deps.stripe, workshop, deps.appUrl, [])
  for (const change of plan.changes) await change.apply()
  const made = plan.ids()
  const addRows = async () => {
    for (const change of await planRows(database.db, workshop, made)) await change.apply()
  }
  if (known) await addRows()
  return { ...made, ...workshop, paymentLink: made.paymentLink, addRows }
}

export type Sold = Awaited<ReturnType<typeof sell>>
export type Fields = Record<string, unknown>

/** A paid session under our name, which nobody here began. */
export async function paid(lines: { price: string; quantity?: number }[], email = someone('shape')) {
  const { id } = await deps.stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: lines.map((line) => ({ quantity: 1, ...line })),
    success_url: 'https://shop.example.com/',
    metadata: { source: 'egghead-next' },
  })
  await sandbox.control.pay(id, { email })
  return { id, email }
}

/** Changes each session on its way to us. */
export function tellInstead(change: (session: Fields) => Fields) {
  gate.hooks.rewrite = (_, answer) =>
    answer.object === 'checkout.session' ? { ...answer, ...change(answer) } : answer
}

export async function recorded(sessionId: string) {
  expect(await fulfill(deps, sessionId)).toMatchObject({ kind: 'recorded' })
  return rowsOf(sessionId)
}

export async function rowsOf(sessionId: string) {
  const { checkoutSession: checkout, purchase, user } = tables
  const [row] = await database.db
    .select({ checkout, purchase, user })
    .from(tables.checkoutSession)
    .innerJoin(tables.purchase, eq(tables.purchase.id, tables.checkoutSession.purchaseId))
    .innerJoin(tables.user, eq(tables.user.id, tables.purchase.userId))
    .where(eq(tables.checkoutSession.sessionId, sessionId))
  if (!row) throw new Error(`Nothing is recorded of ${sessionId}`)
  return row
}
