import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testServerUrl } from '@/sandbox/testing/database'
import {
  type Answer,
  newVisitor,
  openShop,
  type Shop,
  someone,
  type Visitor,
  type WorkshopOnSale,
} from '@/sandbox/testing/shop'

let shop: Shop
let workshop: WorkshopOnSale
const bought = someone('bought')

beforeAll(async () => {
  shop = await openShop({ LOG_LEVEL: 'warn' })
  workshop = await shop.sell({ capacity: 30 })
  await shop.buy({ productId: workshop.productId }, { email: bought })
})
afterAll(() => shop.stop())

/** An answer without what is new at every checkout. */
function shape({ status, headers, body }: Answer) {
  const names = [...headers.keys()].filter((name) => name !== 'date').sort()
  return { status, names, keys: Object.keys(body).sort() }
}

/** The statements on sales that the server runs for this, in order and without their values. */
async function statements(work: () => Promise<unknown>): Promise<string[]> {
  const log = await createConnection(testServerUrl().href)
  const { username } = new URL(shop.env.DATABASE_URL ?? '')
  try {
    await log.query("set global log_output = 'TABLE'")
    await log.query('set global general_log = 1')
    const [[since]] = await log.query<RowDataPacket[]>('select now(6) as at')
    await work()
    // Something may still be done after the answer.
    await sleep(300)
    const [rows] = await log.query<RowDataPacket[]>(
      "select convert(argument using utf8mb4) as text from mysql.general_log where event_time >= ? and user_host like ? and command_type in ('Query', 'Execute') order by event_time",
      [since?.at, `${username}[%`],
    )
    return rows
      .map(({ text }) => String(text).replace(/'[^']*'|\d+/g, '?'))
      .filter((text) => /checkout_Session|egghead_(User|Purchase)/.test(text))
  } finally {
    await log.query('set global general_log = 0')
    await log.end()
  }
}

describe("whether somebody else's address bought", () => {
  const visitors: Record<string, () => Visitor> = {
    'nobody we know': () => newVisitor(),
    'somebody signed in as another': () => newVisitor({ as: 'yearly' }),
  }

  test.each(Object.keys(visitors))('is not told to %s', async (name) => {
    const visitor = visitors[name] ?? newVisitor
    const ask = (email: string) =>
      shop.register({ productId: workshop.productId, email, attemptId: randomUUID() }, visitor())
    const [theirs, fresh] = [await ask(bought), await ask(someone())]
    expect(theirs.status).toBe(200)
    expect(shape(theirs)).toEqual(shape(fresh))
  })

  test('nor by how long it takes: the same statements run', async () => {
    const ask = (email: string) => () =>
      shop.register({ productId: workshop.productId, email, attemptId: randomUUID() }, newVisitor())
    await ask(someone())()
    const theirs = await statements(ask(bought))
    const fresh = await statements(ask(someone()))
    expect(theirs.length).toBeGreaterThan(0)
    expect(theirs).toEqual(fresh)
    // A typed address is never looked up at all.
    expect(theirs.join('\n')).not.toContain('egghead_User')
  })

  test('nor by a session that is not theirs: the address is masked', async () => {
    const sessionId = await shop.buy(
      { productId: workshop.productId },
      { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' },
    )
    const { status, body } = await shop.send(`/api/workshop/checkout/${sessionId}`)
    expect(status).toBe(200)
    expect(JSON.stringify(body)).not.toMatch(/ada\.lovelace|Lovelace|\bcus_/)
    expect(body.purchase).toMatchObject({ emailMasked: 'a••@example.com' })
  })
})

test('a page view costs Stripe nothing once prices are known', async () => {
  const offer = () => shop.send(`/api/workshop/${workshop.slug}/offer`)
  await offer()
  shop.stripe.clearRequests()
  await Promise.all(Array.from({ length: 50 }, offer))
  await Promise.all(
    Array.from({ length: 10 }, () => fetch(`${shop.url}/workshop/claude-code`).then((page) => page.text())),
  )
  const asked = shop.stripe.requests().map(({ path }) => path)
  // The page's own workshop was not looked at before: each of its prices is read once, however many look.
  expect(asked.filter((path) => path.includes(workshop.priceId))).toEqual([])
  expect(new Set(asked).size).toBe(asked.length)
})
