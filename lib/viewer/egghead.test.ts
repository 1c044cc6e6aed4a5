import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EggheadFault, type RunningEgghead, startEgghead } from '@/sandbox/egghead/server'
import { createViewer, type ViewerAdapter } from '.'
import type { FetchSubscription, Subscription } from './egghead-membership'

const TOKEN = 'a-secret-token-of-ada'
const ADA = {
  id: 7,
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  is_pro: true,
  roles: ['user'],
  accounts: [{ subscriptions: [{ stripe_subscription_id: 'sub_ada' }] }],
}

let rails: RunningEgghead
let problems: string[]
let viewer: ViewerAdapter
const fetchSubscription = vi.fn<FetchSubscription>()

const billedBy = (interval: string, status = 'active'): Subscription => ({
  status,
  items: { data: [{ price: { recurring: { interval } } }] },
})

beforeEach(async () => {
  rails = await startEgghead()
  rails.signIn(TOKEN, ADA)
  problems = []
  fetchSubscription.mockReset().mockResolvedValue(billedBy('month'))
  viewer = adapter(rails.url)
})
afterEach(() => rails.close())

const adapter = (eggheadAuthUrl: string) =>
  createViewer({
    demo: false,
    eggheadAuthUrl,
    fetchSubscription,
    onProblem: (problem) => problems.push(problem),
  })

const withCookie = (cookie: string) => ({ headers: new Headers({ cookie }) })
const signedIn = (token = TOKEN) =>
  withCookie(`theme=dark; eh_token_2020_11_22=${token}; workshop_visitor=abc`)

async function timed<T>(work: Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now()
  return { value: await work, ms: performance.now() - start }
}

describe('who is asking', () => {
  it('is asked of Rails with the token of the cookie', async () => {
    expect(await viewer(signedIn())).toEqual({
      id: '7',
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      member: false,
    })
    expect(rails.requests).toEqual([
      { method: 'GET', url: '/api/v1/users/current?minimal=true', authorization: `Bearer ${TOKEN}` },
    ])
    expect(problems).toEqual([])
  })

  it('is nobody without the cookie, and Rails is not asked', async () => {
    expect(await viewer({ headers: new Headers() })).toBeNull()
    expect(await viewer(withCookie('theme=dark'))).toBeNull()
    expect(await viewer(withCookie(`not_eh_token_2020_11_22=${TOKEN}`))).toBeNull()
    expect(rails.requests).toEqual([])
  })

  it.each([
    ['empty', ''],
    ['a line break', 'abc%0d%0aHost:%20evil.example'],
    ['a space', 'two%20words'],
    ['broken escapes', '%E0%A4%A'],
    ['beyond ASCII', '%C3%A9'],
    ['far too long', 'x'.repeat(5000)],
  ])('is nobody for a token that is %s', async (_what, token) => {
    expect(await viewer(signedIn(token))).toBeNull()
    expect(rails.requests).toEqual([])
  })

  it('takes a token that the cookie holds escaped', async () => {
    rails.signIn('a+b/c==', ADA)
    expect(await viewer(signedIn('a%2Bb%2Fc%3D%3D'))).toMatchObject({ id: '7' })
  })

  it('leaves out a name that is none', async () => {
    rails.signIn(TOKEN, { id: 8, email: 'x@example.com', name: null })
    expect(await viewer(signedIn())).toEqual({ id: '8', email: 'x@example.com', member: false })
  })

  it.each<[string, string | undefined]>([
    [' Ada\t Lovelace\u0000', 'Ada Lovelace'],
    ['\u0000\u0007', undefined],
    ['A'.repeat(300), 'A'.repeat(200)],
  ])('has a name that the contract carries: %j', async (name, carried) => {
    rails.signIn(TOKEN, { ...ADA, name })
    expect((await viewer(signedIn()))?.name).toBe(carried)
    expect(problems).toEqual([])
  })

  it('is nobody where the contract could not carry the e-mail', async () => {
    rails.signIn(TOKEN, { ...ADA, email: `${'a'.repeat(243)}@example.com` })
    expect(await viewer(signedIn())).toBeNull()
    expect(problems).toEqual(['the answer is not a user'])
  })

  it('is nobody without an address of Rails', async () => {
    const nobody = createViewer({ demo: false, fetchSubscription })
    expect(await nobody(signedIn())).toBeNull()
  })
})

describe('membership', () => {
  it('is the lifetime role, without a look at Stripe', async () => {
    rails.signIn(TOKEN, { ...ADA, roles: ['user', 'lifetime_subscriber'], is_pro: false })
    expect(await viewer(signedIn())).toMatchObject({ member: true })
    expect(fetchSubscription).not.toHaveBeenCalled()
  })

  it('is a subscription that is billed by the year', async () => {
    fetchSubscription.mockResolvedValue(billedBy('year'))
    expect(await viewer(signedIn())).toMatchObject({ member: true })
    expect(fetchSubscription.mock.calls).toEqual([['sub_ada']])
  })

  it('is any of several subscriptions', async () => {
    rails.signIn(TOKEN, {
      ...ADA,
      accounts: [
        { subscriptions: [{ stripe_subscription_id: null }, { stripe_subscription_id: 'sub_1' }] },
        { subscriptions: [{ stripe_subscription_id: 'sub_2' }] },
        {},
      ],
    })
    fetchSubscription.mockImplementation(async (id) => billedBy(id === 'sub_2' ? 'year' : 'month'))
    expect(await viewer(signedIn())).toMatchObject({ member: true })
  })

  it.each<[string, boolean]>([
    ['active', true],
    ['trialing', true],
    ['past_due', true],
    ['canceled', false],
    ['unpaid', false],
    ['incomplete', false],
    ['incomplete_expired', false],
    ['paused', false],
  ])('with a yearly subscription that is %s: %s', async (status, member) => {
    fetchSubscription.mockResolvedValue(billedBy('year', status))
    expect(await viewer(signedIn())).toMatchObject({ member })
    expect(problems).toEqual([])
  })

  it('is no subscription of a viewer who is not pro', async () => {
    rails.signIn(TOKEN, { ...ADA, is_pro: false })
    fetchSubscription.mockResolvedValue(billedBy('year'))
    expect(await viewer(signedIn())).toMatchObject({ member: false })
  })

  it('is no subscription that nobody could be asked about', async () => {
    fetchSubscription.mockResolvedValue(null)
    expect(await viewer(signedIn())).toMatchObject({ member: false })
    expect(problems).toEqual([])
  })

  describe('of two subscriptions, one of which can not be learned', () => {
    const fails = () => Promise.reject(new Error('no such subscription'))
    const hangs = () => new Promise<never>(() => undefined)

    beforeEach(() => {
      const ids = ['sub_lost', 'sub_ada'].map((id) => ({ stripe_subscription_id: id }))
      rails.signIn(TOKEN, { ...ADA, accounts: [{ subscriptions: ids }] })
    })

    it.each([
      ['fails', fails],
      ['hangs', hangs],
    ])('is the other that is yearly: it %s', async (_what, lost) => {
      fetchSubscription.mockImplementation(async (id) => (id === 'sub_lost' ? lost() : billedBy('year')))
      expect(await viewer(signedIn())).toMatchObject({ member: true })
      expect(problems).toEqual([])
    })

    it.each([
      ['fails', fails],
      ['hangs', hangs],
    ])('is unknown where the other is not yearly: it %s', async (_what, lost) => {
      fetchSubscription.mockImplementation(async (id) => (id === 'sub_lost' ? lost() : billedBy('month')))
      expect(await viewer(signedIn())).toMatchObject({ member: false })
      expect(problems).toEqual(['the membership could not be learned'])
    })
  })

  it('is not claimed while Stripe fails; the viewer is known all the same', async () => {
    fetchSubscription.mockRejectedValue(new Error(`no such subscription for ${TOKEN}`))
    expect(await viewer(signedIn())).toMatchObject({ id: '7', member: false })
    expect(problems).toEqual(['the membership could not be learned'])
  })

  it('is not waited for beyond the budget', async () => {
    fetchSubscription.mockReturnValue(new Promise(() => undefined))
    const { value, ms } = await timed(viewer(signedIn()))
    expect(value).toMatchObject({ id: '7', member: false })
    expect(ms).toBeLessThan(900)
  })
})

describe('a page view', () => {
  it('costs Rails and Stripe one call, however often it asks', async () => {
    fetchSubscription.mockResolvedValue(billedBy('year'))
    const answers = await Promise.all([1, 2, 3].map(() => viewer(signedIn())))
    answers.push(await viewer(signedIn()))
    expect(new Set(answers.map((answer) => answer?.member))).toEqual(new Set([true]))
    expect(rails.requests).toHaveLength(1)
    expect(fetchSubscription).toHaveBeenCalledTimes(1)
  })

  it('tells viewers apart', async () => {
    rails.signIn('another', { id: 9, email: 'grace@example.com' })
    expect(await viewer(signedIn())).toMatchObject({ id: '7' })
    expect(await viewer(signedIn('another'))).toMatchObject({ id: '9' })
  })
})

describe('what is kept', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => vi.useRealTimers())

  const later = async (ms: number) => {
    vi.setSystemTime(Date.now() + ms)
    // The cache reads its clock once a millisecond.
    await new Promise((resolve) => setTimeout(resolve, 5))
  }

  it('is forgotten after a minute', async () => {
    await viewer(signedIn())
    rails.signOut(TOKEN)
    await later(50_000)
    expect(await viewer(signedIn())).toMatchObject({ id: '7' })
    await later(11_000)
    expect(await viewer(signedIn())).toBeNull()
  })

  it('of a subscription is asked anew after an hour', async () => {
    fetchSubscription.mockResolvedValue(billedBy('year'))
    expect(await viewer(signedIn())).toMatchObject({ member: true })
    fetchSubscription.mockResolvedValue(billedBy('year', 'canceled'))
    await later(59 * 60_000)
    expect(await viewer(signedIn())).toMatchObject({ member: true })
    await later(2 * 60_000)
    expect(await viewer(signedIn())).toMatchObject({ member: false })
  })

  it('is kept for five seconds only where something failed', async () => {
    rails.setFault({ kind: 'answer', status: 500, body: '' })
    expect(await viewer(signedIn())).toBeNull()
    rails.setFault({ kind: 'none' })
    await later(4000)
    expect(await viewer(signedIn())).toBeNull()
    expect(rails.requests).toHaveLength(1)
    await later(2000)
    expect(await viewer(signedIn())).toMatchObject({ id: '7' })
  })
})

describe('when Rails does not answer as it should, nobody is signed in', () => {
  const html = '<!doctype html><title>We are sorry</title>'
  const faults: [string, EggheadFault, string][] = [
    ['500', { kind: 'answer', status: 500, body: '{}' }, 'the answer has status 500'],
    ['429', { kind: 'answer', status: 429, body: '{}' }, 'the answer has status 429'],
    ['204', { kind: 'answer', status: 204, body: '' }, 'the answer has status 204'],
    ['HTML', { kind: 'answer', type: 'text/html', body: html }, 'the answer is not a user'],
    ['cut JSON', { kind: 'answer', body: '{"id": 7, "email": "ada@' }, 'the answer is not a user'],
    ['null', { kind: 'answer', body: 'null' }, 'the answer is not a user'],
    ['no e-mail', { kind: 'answer', body: '{"id": 7, "email": null}' }, 'the answer is not a user'],
    ['a body without end', { kind: 'answer', body: ' '.repeat(3_000_000) }, 'the answer is too large'],
    ['a cut connection', { kind: 'cut' }, 'the connection failed'],
    ['a cut body', { kind: 'cut-body' }, 'the answer was cut off'],
    ['silence', { kind: 'hang' }, 'no answer in time'],
    ['half an answer', { kind: 'stall-body' }, 'the answer was cut off'],
    ['an answer after a second', { kind: 'slow', delayMs: 1000 }, 'no answer in time'],
  ]

  it.each(faults)('%s', async (_what, fault, problem) => {
    rails.setFault(fault)
    const { value, ms } = await timed(viewer(signedIn()))
    expect(value).toBeNull()
    expect(ms).toBeLessThan(900)
    expect(problems).toEqual([problem])
    expect(rails.requests).toHaveLength(1)
  })

  it('nor when it is down', async () => {
    await rails.close()
    expect(await viewer(signedIn())).toBeNull()
    expect(problems).toEqual(['the connection failed'])
    rails = await startEgghead()
  })

  it.each([401, 403])('%i is a stale token, and no problem', async (status) => {
    rails.setFault({ kind: 'answer', status, body: '{"error":"stale"}' })
    expect(await viewer(signedIn())).toBeNull()
    expect(problems).toEqual([])
  })

  it.each([301, 302, 307, 308])('%i never carries the token to another host', async (status) => {
    const visits: (string | undefined)[] = []
    const elsewhere = createServer((request, response) => {
      visits.push(request.headers.authorization)
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(ADA))
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const Location = `http://localhost:${(elsewhere.address() as AddressInfo).port}/`
    rails.setFault({ kind: 'answer', status, body: '', headers: { Location } })
    expect(await viewer(signedIn())).toBeNull()
    expect(visits).toEqual([])
    expect(problems).toEqual([`the answer has status ${status}`])
    elsewhere.close()
  })
})

it('says nothing of the token or the viewer in any problem', async () => {
  const bodies = [`{"error":"bad token ${TOKEN}"}`, JSON.stringify({ ...ADA, id: null })]
  for (const body of bodies) {
    const fresh = adapter(rails.url)
    rails.setFault({ kind: 'answer', body })
    await fresh(signedIn())
  }
  expect(problems).toHaveLength(bodies.length)
  expect(problems.join()).not.toMatch(new RegExp(`${TOKEN}|ada`, 'i'))
})
