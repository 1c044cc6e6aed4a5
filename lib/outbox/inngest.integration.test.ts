import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { aSale } from '@/lib/email/sale.fixture'
import { purchaseEffects, purchaseStatusEffects } from './effects'
import { createEventSender } from './inngest'
import { NotConfigured, perform } from './perform'

/** Stands in for Inngest's event API. */
let server: Server
let baseUrl: string
let received: { url: string | undefined; events: unknown[] }[]
let failNext: number

beforeEach(async () => {
  received = []
  failNext = 0
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const events: unknown[] = JSON.parse(Buffer.concat(chunks).toString())
      const status = failNext > 0 ? 503 : 200
      failNext -= 1
      if (status === 200) received.push({ url: request.url, events })
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          ids: events.map((_, index) => `${index}`),
          status,
          // As a proxy answers that shows what it was asked for.
          ...(status === 503 && { error: `busy: ${request.url}` }),
        }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

const sender = (url = baseUrl) => {
  const created = createEventSender({ eventKey: 'evt_secret', baseUrl: url })
  if (!created) throw new Error('no sender')
  return created
}

describe("Course Builder's events, through Inngest's SDK", () => {
  it('tells of a purchase in the words that its functions read', async () => {
    for (const effect of purchaseEffects(aSale(), { inngest: true, email: false }))
      await perform(effect, { inngest: sender() })
    expect(received).toMatchObject([
      {
        url: '/e/evt_secret',
        events: [{ id: 'purchase-created:purch_7Qm2ZtXw', name: 'commerce/new-purchase-created' }],
      },
    ])
    expect(received[0]?.events[0]).toHaveProperty('data', {
      purchaseId: 'purch_7Qm2ZtXw',
      checkoutSessionId: 'cs_test_a1b2c3',
      productType: 'live',
    })
  })

  it('tells of a refund and of a dispute', async () => {
    const stripeChargeId = 'ch_3abc'
    const effects = [
      ...purchaseStatusEffects(
        { stripeChargeId, status: 'Refunded', cause: 'from-Valid-1' },
        { inngest: true },
      ),
      ...purchaseStatusEffects(
        { stripeChargeId, status: 'Disputed', cause: 'from-Valid-2' },
        { inngest: true },
      ),
    ]
    for (const effect of effects) await perform(effect, { inngest: sender() })
    expect(received.map(({ events }) => events[0])).toMatchObject([
      {
        id: 'purchase-status:ch_3abc:Refunded:from-Valid-1',
        name: 'commerce/update-purchase-status',
        data: { stripeChargeId: 'ch_3abc', status: 'Refunded' },
      },
      {
        id: 'purchase-status:ch_3abc:Disputed:from-Valid-2',
        data: { stripeChargeId: 'ch_3abc', status: 'Disputed' },
      },
    ])
  })

  it('sends there though INNGEST_DEV points elsewhere', async () => {
    vi.stubEnv('INNGEST_DEV', 'http://127.0.0.1:1')
    const [effect] = purchaseEffects(aSale(), { inngest: true, email: false })
    if (effect) await perform(effect, { inngest: sender() })
    expect(received).toHaveLength(1)
  })

  it('fails without naming the key when nobody takes it', async () => {
    failNext = 100
    const sending = sender().send({ id: 'x', name: 'commerce/new-purchase-created', data: {} })
    await expect(sending).rejects.toThrow(/^Inngest: .*busy: \/e\/…/)
    await expect(sending).rejects.not.toThrow(/evt_secret/)
    const nowhere = sender('http://127.0.0.1:1').send({
      id: 'x',
      name: 'commerce/new-purchase-created',
      data: {},
    })
    await expect(nowhere).rejects.not.toThrow(/evt_secret/)
  }, 15_000)

  it('is not written where there is no key, and waits where the key has gone', async () => {
    expect(createEventSender({})).toBeUndefined()
    expect(purchaseEffects(aSale(), { inngest: false }).map(({ kind }) => kind)).toEqual([
      'email.confirmation',
    ])
    const [effect] = purchaseEffects(aSale(), { inngest: true, email: false })
    if (effect) await expect(perform(effect, {})).rejects.toThrow(NotConfigured)
  })
})
