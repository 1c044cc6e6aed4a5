import { randomUUID } from 'node:crypto'
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MysqlProxy, startMysqlProxy } from '@/sandbox/mysql/proxy'
import { addManySales } from '@/sandbox/testing/many-sales'
import { newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

/**
 * Every statement that is really sent, taken from the wire, must find its rows by an index: tables grow for years. What has as many rows
 * as there are workshops may be read whole.
 */
const PAST_SALES = 5000
const METRICS_TOKEN = 'queries-metrics-token'
const SMALL = [
  'egghead_Product',
  'egghead_ContentResource',
  'egghead_ContentResourceProduct',
  'checkout_Product',
  'egghead_MerchantAccount',
  'egghead_MerchantProduct',
  'egghead_MerchantPrice',
  'checkout_Setting',
]

let shop: Shop
let wire: MysqlProxy
let direct: Connection
const sent = new Map<string, string>()

/** The same statement with other values is the same statement. */
const shapeOf = (sql: string) =>
  sql
    .replace(/'(?:[^'\\]|\\.)*'/g, '?')
    .replace(/\b\d+\b/g, '?')
    .replace(/(\?, )+\?/g, '?')

beforeAll(async () => {
  let url = ''
  shop = await openShop(
    { RATE_LIMIT: '1000/60', METRICS_TOKEN },
    {
      database: async (database) => {
        url = database
        wire = await startMysqlProxy(database)
        return wire.url
      },
    },
  )
  await addManySales(url, PAST_SALES)
  direct = await mysql.createConnection(url)
  wire.hooks.before = (text) => {
    for (const sql of text.split(/; (?=(?:insert|update) )/))
      if (!sent.has(shapeOf(sql))) sent.set(shapeOf(sql), sql)
  }
}, 120_000)
afterAll(async () => {
  await direct.end()
  await shop.stop()
  await wire.close()
})

/** Everything that the product does with its database in a day. */
async function aDay(): Promise<void> {
  const workshop = await shop.sell({ capacity: 50 })
  const endless = await shop.sell()
  const visitor = newVisitor({ address: '192.0.2.7' })
  const attemptId = randomUUID()
  for (const _ of [1, 2]) await shop.register({ productId: workshop.productId, attemptId }, visitor)
  await shop.register({ productId: workshop.productId, attemptId: randomUUID() }, visitor)
  await shop.send(`/api/workshop/${workshop.slug}/offer`)
  await shop.send(`/api/workshop/${endless.slug}/offer`)
  const email = someone()
  const sessionId = await shop.buy({ productId: endless.productId, email }, { email })
  await shop.buy({ productId: endless.productId }, { email })
  await shop.buy({ productId: workshop.productId, quantity: 3 }, { email: someone() })
  await shop.status(sessionId)
  await shop.send(`/api/workshop/checkout/${sessionId}`, { method: 'POST', headers: { Origin: shop.url } })
  const link = shop.stripe.openLink(endless.paymentLinkId)
  await shop.stripe.pay(link.id, { email: someone() })
  await shop.stripe.expire(await shop.checkout({ productId: workshop.productId }))
  shop.stripe.refund({ session: sessionId })
  await shop.delivered()
  await shop.makeDue()
  await shop.cron('inbox')
  await shop.cron('outbox')
  await shop.cron('holds')
  await shop.cron('reconcile')
  await shop.send('/api/metrics', { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } })
  await shop.register({ productId: endless.productId, attemptId: randomUUID() }, newVisitor({ as: 'member' }))
}

type Step = { table: string; type: string }

async function planOf(sql: string): Promise<Step[]> {
  const [rows] = await direct.query<RowDataPacket[]>(`explain ${sql}`)
  return rows.map((row) => ({
    table: String(row.table ?? ''),
    type: String(row.type ?? ''),
  }))
}

/** The real name behind an alias of a statement. */
const tableBehind = (sql: string, name: string) => new RegExp(`\`(\\w+)\` ${name}\\b`).exec(sql)?.[1] ?? name

/** No type at all: the server sees from its keys alone that there is no such row. */
const isScan = ({ type }: Step) => type === 'ALL' || type === 'index'

beforeAll(aDay, 180_000)

test('every statement finds its rows by an index', { timeout: 180_000 }, async () => {
  const explained = [...sent.values()].filter(
    (sql) => /^(select|update|delete)\b/i.test(sql) || /^insert\b.*\bselect\b/is.test(sql),
  )
  const scans: string[] = []
  for (const sql of explained) {
    for (const step of await planOf(sql)) {
      const table = tableBehind(sql, step.table)
      const isTable = /^(egghead|checkout)_/.test(table)
      if (isTable && !SMALL.includes(table) && isScan(step))
        scans.push(`${table} ${step.type}: ${sql.slice(0, 400)}`)
    }
  }
  expect(
    explained.length,
    'statements of checkout, offer, status, webhook, the jobs and the gauges',
  ).toBeGreaterThan(35)
  expect(scans, scans.join('\n\n')).toEqual([])
})

/** Without a name of its own a computed column is called by its text, its values in it: a reader that the driver makes, and keeps, for each sale. */
test('no column is called by the values in its text', { timeout: 60_000 }, async () => {
  const names: string[] = []
  for (const sql of sent.values()) {
    if (!/^select\b/i.test(sql)) continue
    const [, fields] = await direct.query(sql)
    names.push(...fields.map(({ name }) => name))
  }
  expect(names.length).toBeGreaterThan(100)
  expect(names.filter((name) => /['?]/.test(name))).toEqual([])
})
