import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, newVisitor, openShop, type Shop, someone } from '@/sandbox/testing/shop'

let shop: Shop
let check: (answer: Answer, path: string, method?: string) => void

beforeAll(async () => {
  shop = await openShop()
  const { body: document } = await shop.send('/api/openapi.json')
  expect((await new Validator().validate(structuredClone(document))).errors ?? []).toEqual([])
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema({ $id: 'openapi', ...document })
  check = ({ status, body }, path, method = 'post') => {
    const pointer = [
      'paths',
      path,
      method,
      'responses',
      String(status),
      'content',
      'application/json',
      'schema',
    ]
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/')
    expect(ajv.validate({ $ref: `openapi#/${pointer}` }, body), ajv.errorsText()).toBe(true)
  }
})
afterAll(() => shop.stop())

const checkoutPath = '/api/workshop/checkout'
const statusPath = '/api/workshop/checkout/{sessionId}'
const offerPath = '/api/workshop/{slug}/offer'

test('what the running server answers is what the document says', async () => {
  const { productId, slug } = await shop.sell()
  const started = await shop.register({ productId })
  expect(started.status).toBe(200)
  check(started, checkoutPath)
  const embedded = await shop.register({ productId, uiMode: 'embedded' }, newVisitor())
  expect(embedded.body).toHaveProperty('clientSecret')
  check(embedded, checkoutPath)
  check(await shop.send(`/api/workshop/${slug}/offer?quantity=2`), offerPath, 'get')

  const sessionId = await shop.buy({ productId }, { email: someone() })
  const status = await shop.send(`/api/workshop/checkout/${sessionId}`)
  expect(status.body).toHaveProperty('purchase')
  check(status, statusPath, 'get')
  check(await shop.send(`/api/workshop/checkout/${sessionId}`, { method: 'POST' }), statusPath)

  check(await shop.send('/api/health'), '/api/health', 'get')
  const authorization = { Authorization: `Bearer ${shop.env.CRON_SECRET}` }
  const health = await shop.send('/api/health?deep', { headers: authorization })
  expect(health.body).toHaveProperty('checks')
  check(health, '/api/health', 'get')
})

test('and so is what it refuses', async () => {
  const { productId } = await shop.sell()
  const refused: [Answer, status: number, path: string][] = [
    [await shop.register({ productId, quantity: 0 }), 400, checkoutPath],
    [await shop.register({ productId, couponCode: 'NOBODYS' }), 400, checkoutPath],
    [await shop.register({ productId: 'prod_nobodys' }), 404, checkoutPath],
    [await shop.register({ productId }, newVisitor(), { Origin: 'https://evil.example' }), 403, checkoutPath],
    [await shop.register({ productId }, newVisitor(), { 'Content-Type': 'text/plain' }), 415, checkoutPath],
    [
      await shop.send(checkoutPath, {
        method: 'POST',
        body: 'x'.repeat(1e6),
        headers: { 'Content-Type': 'application/json' },
      }),
      413,
      checkoutPath,
    ],
    [await shop.send('/api/workshop/checkout/cs_test_nobodys', { method: 'POST' }), 404, statusPath],
  ]
  for (const [answer, status, path] of refused) {
    expect(answer.status).toBe(status)
    check(answer, path)
  }
  expect(() => check({ status: 400, headers: new Headers(), body: { error: 'x' } }, checkoutPath)).toThrow()
})
