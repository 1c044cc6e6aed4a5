import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MysqlProxy, startMysqlProxy } from '@/sandbox/mysql/proxy'
import { newVisitor, openShop, type Shop } from '@/sandbox/testing/shop'

const TOKEN = 'a-secret-token-of-ada'

let shop: Shop
let wire: MysqlProxy
beforeAll(async () => {
  shop = await openShop(
    // Nobody is there: who is asking can't be learned.
    { WORKSHOP_DEMO: '', EGGHEAD_AUTH_URL: 'http://127.0.0.1:1' },
    {
      database: async (url) => {
        wire = await startMysqlProxy(url)
        return wire.url
      },
    },
  )
})
afterAll(async () => {
  await shop.stop()
  await wire.close()
})

const lines = () =>
  shop
    .logs()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Record<string, unknown> => JSON.parse(line))

test('work that fails after the answer has left is logged, and the answer stands', async () => {
  const { productId } = await shop.sell()
  const visitor = newVisitor()
  await shop.checkout({ productId }, visitor)
  // The visitor's older session is looked for then, to be ended.
  wire.hooks.before = (text) => {
    if (/select `id`, `sessionId`, `attemptKey`/.test(text)) throw new Error('cut')
  }
  try {
    expect(await shop.checkout({ productId }, visitor)).toMatch(/^cs_/)
    await expect
      .poll(() => lines().filter(({ msg }) => msg === 'work after the answer failed'))
      .toMatchObject([{ level: 'warn', err: { message: expect.any(String) } }])
  } finally {
    wire.hooks.before = undefined
  }
})

test('a viewer who could not be learned is logged by what failed, and not by who they are', async () => {
  const { productId } = await shop.sell()
  const headers = { Cookie: `eh_token_2020_11_22=${TOKEN}` }
  expect((await shop.register({ productId }, {}, headers)).status).toBe(200)
  await expect
    .poll(() => lines().filter(({ event }) => event === 'viewer.unknown'))
    .toMatchObject([
      { level: 'warn', problem: 'the connection failed', msg: 'could not learn who is asking' },
    ])
  expect(shop.logs()).not.toContain(TOKEN)
})
