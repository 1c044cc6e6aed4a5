import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isErrorCode } from '@/lib/contract/errors'
import { openShop, type Shop, type WorkshopOnSale } from '@/sandbox/testing/shop'

/** `FUZZ_RUNS` asks for more, `FUZZ_SEED` for the same again. */
const runs = Number(process.env.FUZZ_RUNS ?? 600)
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))
const key = 'k'.repeat(40)

let shop: Shop
let workshop: WorkshopOnSale

beforeAll(async () => {
  shop = await openShop({
    LOG_LEVEL: 'error',
    COURSE_BUILDER_API_KEY: key,
    COURSE_BUILDER_API_AUTH: 'shared-secret',
  })
  workshop = await shop.sell({ capacity: 30, discounts: [{ code: 'FUZZ', percentOff: 20, public: true }] })
  // Somebody's purchase, of which nothing may ever be said.
  await shop.buy(
    { productId: workshop.productId },
    { email: 'hidden.buyer@example.com', name: 'Hidden Buyer' },
  )
})
afterAll(() => shop.stop())

const nasty = fc.constantFrom(
  ...[
    '',
    ' ',
    '\u0000',
    '../../etc/passwd',
    "' or 1=1 --",
    '{{7*7}}',
    '<script>',
    '%00',
    '%ff',
    '٣',
    '💳',
    'NaN',
  ],
  'x'.repeat(1000),
  'hidden.buyer@example.com',
)
const scalar = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  nasty,
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.bigInt().map(String),
)

const honest = () => ({ productId: workshop.productId, attemptId: randomUUID(), couponCode: 'FUZZ' })

/** An honest request with some of it replaced, left out or added to. */
const mutated = () =>
  fc
    .record({
      change: fc.dictionary(
        fc.constantFrom(
          'productId',
          'email',
          'couponCode',
          'quantity',
          'attemptId',
          'uiMode',
          'allowDuplicate',
          'metadata',
          'buyer',
          'extra',
          '__proto__',
        ),
        scalar,
        { maxKeys: 3 },
      ),
    })
    .map(({ change }) => ({ ...honest(), ...change }))

const body = () =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined).map(() => JSON.stringify(honest())) },
    { weight: 6, arbitrary: mutated().map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: fc.json() },
    { weight: 1, arbitrary: mutated().map((value) => JSON.stringify(value).slice(0, -5)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 1, arbitrary: fc.webQueryParameters() },
    { weight: 1, arbitrary: fc.constant(`{"productId":"${'x'.repeat(20_000)}"}`) },
  )

const path = () => {
  const segment = fc.oneof(fc.webSegment(), nasty.map(encodeURIComponent))
  const session = fc.oneof(segment, fc.constantFrom('cs_test_1', `cs_${'a'.repeat(300)}`))
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        '/api/workshop/checkout',
        '/api/stripe/checkout-session',
        '/api/stripe/offer',
      ),
    },
    { weight: 2, arbitrary: session.map((id) => `/api/workshop/checkout/${id}`) },
    { weight: 1, arbitrary: session.map((id) => `/api/stripe/checkout-session/${id}`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.oneof(fc.constant(workshop.slug), segment), fc.webQueryParameters())
        .map(([slug, query]) => `/api/workshop/${slug}/offer?couponCode=FUZZ&${query}`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '/api/demo/sign-in',
        '/api/stripe/webhook',
        '/api/stripe/rollout',
        '/api/health',
      ),
    },
  )
}

const request = () =>
  fc.record({
    path: path(),
    method: fc.constantFrom(
      ...['POST', 'POST', 'POST', 'POST', 'GET', 'GET', 'GET'],
      ...['PUT', 'DELETE', 'OPTIONS', 'PATCH'],
    ),
    body: body(),
    type: fc.constantFrom(
      ...['application/json', 'application/json', 'application/json', 'application/x-www-form-urlencoded'],
      ...['text/plain', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16', ''],
    ),
    authorization: fc.constantFrom('', `Bearer ${key}`, `Bearer ${key}`, 'Bearer x'),
    origin: fc.constantFrom('', '', 'own', 'null', 'https://evil.example'),
    cookie: fc.constantFrom(
      '',
      'workshop_demo_viewer=yearly',
      'workshop_visitor=%00',
      'workshop_visitor='.repeat(100),
    ),
  })

const leaks =
  /hidden\.buyer|Hidden Buyer|node_modules|\bat \w+ \(|select .* from|egghead_|ER_[A-Z]|sk_test_|whsec_|mysql:|\/lib\/|TypeError|ECONN/i

test(`${runs} random and mutated requests: no fault of ours, and nothing told (seed ${seed})`, {
  timeout: 1_200_000,
}, async () => {
  console.info(`fuzz: ${runs} runs, FUZZ_SEED=${seed}`)
  const seen = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(request(), async (given) => {
      const headers = {
        ...(given.type && { 'Content-Type': given.type }),
        ...(given.authorization && { Authorization: given.authorization }),
        ...(given.origin && { Origin: given.origin === 'own' ? shop.url : given.origin }),
        ...(given.cookie && { Cookie: given.cookie }),
      }
      const response = await fetch(shop.url + given.path, {
        method: given.method,
        headers,
        redirect: 'manual',
        ...(given.method !== 'GET' && { body: given.body }),
      })
      const text = await response.text()
      seen.set(response.status, (seen.get(response.status) ?? 0) + 1)
      expect(response.status, text).toBeLessThan(500)
      expect(text).not.toMatch(leaks)
      expect(JSON.stringify([...response.headers])).not.toMatch(leaks)
      // Beyond the routes is Next's own page.
      if (response.status >= 400 && response.headers.get('content-type')?.includes('json')) {
        const answer = JSON.parse(text)
        expect(isErrorCode(answer.code), text).toBe(true)
        expect(answer.requestId).toBe(response.headers.get('x-request-id'))
        expect(answer.error).toMatch(/\w.*\.$/)
      }
    }),
    { seed, numRuns: runs, endOnFailure: true },
  )
  // Neither everything refused nor everything taken: the requests have met the code behind the door.
  expect(seen.get(200)).toBeGreaterThan(runs / 100)
  expect(seen.get(400)).toBeGreaterThan(runs / 100)
  // The seats that were there are still all that was sold.
  expect(await shop.purchases(workshop.productId)).toHaveLength(1)
})
