import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createStripe } from '@/lib/stripe/client'
import { createRefundSender, RefundRefused, type RefundSender } from './refund'

/** Stands in for Stripe, with the answers about a refund that no sandbox gives. */
let server: Server
let sender: RefundSender
let charge: { refunded: boolean }
let answer: { status: number; body: object }
/** The idempotency keys of the refunds that were asked for. */
let keys: unknown[]
let fulfilled: string[]

beforeAll(async () => {
  server = createServer((request, response) => {
    const isRefund = request.method === 'POST'
    if (isRefund) keys.push(request.headers['idempotency-key'])
    const { status, body } = isRefund ? answer : { status: 200, body: { id: 'ch_1', ...charge } }
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stripe = createStripe({ secretKey: 'sk_test_refund', baseUrl: `http://127.0.0.1:${port}` })
  sender = createRefundSender(stripe, async (sessionId) => fulfilled.push(sessionId))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  charge = { refunded: false }
  answer = { status: 200, body: { id: 're_1', status: 'succeeded' } }
  keys = []
  fulfilled = []
})

const refund = () =>
  sender.refund({ chargeId: 'ch_1', sessionId: 'cs_1', purchaseId: 'purch_1' }, 'oversold:purch_1:1')
const refuses = (code: string, type = 'invalid_request_error') => {
  answer = { status: 400, body: { error: { type, code, message: 'No.' } } }
}
const failure = () => refund().catch((error: unknown) => error)

test.for(['succeeded', 'pending'])(
  'a refund that is %s is done, and its sale brought up to date',
  async (status) => {
    answer.body = { id: 're_1', status }
    await refund()
    expect(keys).toEqual(['oversold:purch_1:1'])
    expect(fulfilled).toEqual(['cs_1'])
  },
)

describe('is done already', () => {
  test('where the charge says so: nothing is asked for', async () => {
    charge.refunded = true
    await refund()
    expect(keys).toEqual([])
    expect(fulfilled).toEqual(['cs_1'])
  })

  test('where somebody was quicker', async () => {
    refuses('charge_already_refunded')
    await refund()
    expect(fulfilled).toEqual(['cs_1'])
  })
})

describe('a person has to see to it', () => {
  test.for(['failed', 'canceled'])('where the refund is %s at once', async (status) => {
    answer.body = { id: 're_1', status, failure_reason: 'lost_or_stolen_card' }
    const error = await failure()
    expect(error).toBeInstanceOf(RefundRefused)
    expect(error).toMatchObject({ message: `the refund is ${status}: lost_or_stolen_card` })
    expect(fulfilled).toEqual([])
  })

  test('where Stripe refuses to give this money back', async () => {
    refuses('charge_disputed')
    expect(await failure()).toBeInstanceOf(RefundRefused)
    expect(fulfilled).toEqual([])
  })
})

describe('is tried again', () => {
  test('where the account has too little money today', async () => {
    refuses('balance_insufficient')
    const error = await failure()
    expect(error).toMatchObject({ code: 'balance_insufficient' })
    expect(error).not.toBeInstanceOf(RefundRefused)
    expect(fulfilled).toEqual([])
  })

  test('where Stripe fails', async () => {
    answer = { status: 500, body: { error: { type: 'api_error', message: 'An unknown error occurred' } } }
    expect(await failure()).not.toBeInstanceOf(RefundRefused)
    expect(fulfilled).toEqual([])
  })
})
