import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { client, type Harness, PRICE, startHarness } from './harness'
import { startStripeSandbox } from './server'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stripe-sandbox-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('state', () => {
  it('outlives a restart, at its new address', async () => {
    const dataFile = join(folder, 'stripe.json')
    const first = await startHarness({ dataFile })
    const session = await first.makeSession()
    await first.close()
    expect(await readdir(folder)).toEqual(['stripe.json'])
    const second = await startStripeSandbox({ dataFile })
    try {
      const found = await client(second.port).checkout.sessions.retrieve(session.id)
      expect(found.url).toBe(`${second.url}/c/pay/${session.id}`)
    } finally {
      await second.close()
    }
  })

  it('can be put aside, wiped and brought back', async () => {
    const harness = await startHarness()
    try {
      const { id } = await harness.makeSession()
      const kept = harness.control.snapshot()
      harness.control.reset()
      expect((await harness.stripe.checkout.sessions.list()).data).toEqual([])
      expect((await harness.stripe.webhookEndpoints.list()).data).toHaveLength(1)
      harness.control.restore(kept)
      expect((await harness.stripe.checkout.sessions.retrieve(id)).status).toBe('open')
    } finally {
      await harness.close()
    }
  })
})

describe('the controls over HTTP', () => {
  let harness: Harness
  beforeEach(async () => {
    harness = await startHarness()
  })
  afterEach(() => harness.close())

  const call = async (verb: string, body?: unknown, headers: Record<string, string> = {}) => {
    const [method = 'GET', path = ''] = verb.split(' ')
    const response = await fetch(`${harness.sandbox.url}/_sandbox${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }

  it('do what the typed ones do', async () => {
    const { id } = await harness.makeSession()
    expect((await call(`POST /sessions/${id}/pay`, { delayed: true })).body).toMatchObject({
      kind: 'complete',
    })
    expect((await call(`POST /sessions/${id}/settle`, {})).body).toMatchObject({ payment_status: 'paid' })
    expect((await call('POST /refunds', { session: id, amount: 100 })).body).toMatchObject({ amount: 100 })
    const dispute = await call('POST /disputes', { session: id })
    expect((await call(`POST /disputes/${dispute.body.id}/close`, { outcome: 'won' })).body).toMatchObject({
      status: 'won',
    })
    const event = harness.inbox[0]?.id
    expect((await call(`POST /events/${event}/resend`)).body).toEqual({ ok: true })
    expect((await call('GET /deliveries')).body.deliveries.length).toBeGreaterThan(5)
    const { body } = await call('GET /requests')
    expect(body.requests[0]).toMatchObject({
      method: 'POST',
      path: '/v1/checkout/sessions',
      params: { mode: 'payment', line_items: [{ price: PRICE, quantity: '1' }] },
      headers: { authorization: 'Bearer sk_test_…' },
      status: 200,
    })
    await call('DELETE /requests')
    expect(harness.control.requests()).toEqual([])
    await call('POST /faults', { failNext: { count: 1, status: 500 } })
    expect((await call('GET /faults')).body).toEqual({ failNext: { count: 1, status: 500 } })
    await call('POST /clock', { advanceSeconds: 60 })
    expect((await call('GET /snapshot')).body.clockOffsetMs).toBe(60_000)
    await call('POST /reset')
    expect((await call('GET /snapshot')).body.clockOffsetMs).toBe(0)
  })

  it('refuse what they don’t know, and other sites’ pages', async () => {
    expect((await call('POST /nothing', {})).status).toBe(404)
    expect((await call('POST /faults', { latency: 3 })).status).toBe(400)
    expect((await call('POST /reset', {}, { Origin: 'https://evil.test' })).status).toBe(403)
  })
})

describe('the process', () => {
  it('says where it is, and goes when it is told', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts')], {
      env: { ...process.env, STRIPE_SANDBOX_PORT: '0', STRIPE_SANDBOX_DATA: join(folder, 'data.json') },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const url = /^stripe sandbox ready on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line.toString())?.[1]
    expect((await fetch(`${url}/_sandbox/health`)).status).toBe(200)
    const started = performance.now()
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
    expect(performance.now() - started).toBeLessThan(2000)
  }, 15_000)
})

it('an endpoint that names its types is as a shop would have made it, at the next start too', async () => {
  const webhooks = [{ url: 'http://127.0.0.1:9/webhook', secret: 'whsec_x' }]
  const dataFile = join(folder, 'endpoints.json')
  const before = await startStripeSandbox({ dataFile, webhooks })
  await before.close()
  const after = await startStripeSandbox({
    dataFile,
    webhooks: webhooks.map((webhook) => ({ ...webhook, events: ['charge.refunded'] })),
  })
  const endpoints = Object.values(after.control.snapshot().webhookEndpoints)
  await after.close()
  expect(endpoints).toMatchObject([{ enabled_events: ['charge.refunded'], api_version: '2026-10-28.endive' }])
})
