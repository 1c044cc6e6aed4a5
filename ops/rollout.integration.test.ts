import { inArray } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkoutSession, exposure } from '@/db/schema'
import { writeRollout } from '@/lib/rollout/store'
import { startMysqlProxy } from '@/sandbox/mysql/proxy'
import { openShop, type Shop } from '@/sandbox/testing/shop'
import { runOps } from './testing/run'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.stop())

const ops = (...args: string[]) => runOps(args, shop.env)
const json = async (...args: string[]) => {
  const { code, out, err } = await ops(...args, '--json')
  expect(err).toBe('')
  expect(code).toBe(0)
  return JSON.parse(out)
}

test('the setting is shown, changed only with --yes, and says who changed it when', async () => {
  expect(await json('rollout')).toMatchObject({
    rollout: 'on',
    stored: false,
    guard: { state: 'closed', share: 100 },
  })
  expect((await ops('rollout', '25%')).out).toContain('--yes writes this.')
  expect(await json('rollout', 'show')).toMatchObject({ rollout: 'on', stored: false })
  await json('rollout', '25%', '--yes', '--by', 'grace')
  await json('rollout', 'internal', 'add', 'Ada@Example.com', '--yes', '--by', 'grace')
  await json('rollout', 'internal', 'add', '@egghead.io', '--yes', '--by', 'grace')
  const shown = await json('rollout', 'show')
  expect(shown).toMatchObject({
    rollout: '25%',
    internal: ['@egghead.io', 'ada@example.com'],
    changedBy: 'grace',
    stored: true,
  })
  expect(Date.now() - Date.parse(shown.changedAt)).toBeLessThan(60_000)
  await json('rollout', 'internal', 'remove', 'ada@example.com', '--yes')
  expect(await json('rollout')).toMatchObject({ rollout: '25%', internal: ['@egghead.io'] })
  await json('rollout', 'off', '--yes')
  expect((await ops('rollout')).out).toMatch(/^rollout: off, since \d{4}-.+ by /)
}, 120_000)

test.each([
  [['sometimes'], 'a rollout is off, internal, on or a percentage such as 25%'],
  [['101%'], 'a percentage'],
  [['internal', 'add'], 'rollout internal add'],
  [['internal', 'add', 'nobody'], 'nobody is an address such as'],
  [['on', 'add', 'a@b.co'], 'rollout internal add'],
  [['show', 'add'], 'rollout internal add'],
  [['internal', 'remove', 'nobody@b.co'], 'nobody@b.co is not internal'],
])('rollout %j is 2', async (args, words) => {
  const { code, err } = await ops('rollout', ...args, '--yes')
  expect(code).toBe(2)
  expect(err).toContain(words)
})

test('what somebody else changed while the answer was waited for is kept', async () => {
  const wire = await startMysqlProxy(shop.env.DATABASE_URL ?? '')
  let reads = 0
  // The first look is what the question shows, the second what the change is made from.
  wire.hooks.before = async (text) => {
    if (!text.includes("'rollout'") || !text.startsWith('select') || ++reads !== 2) return
    await writeRollout(shop.db, { rollout: 'on', internal: ['@meanwhile.example'], changedBy: 'grace' })
  }
  try {
    const { code, out } = await runOps(['rollout', '30%', '--yes', '--json'], {
      ...shop.env,
      DATABASE_URL: wire.url,
    })
    expect(code).toBe(0)
    expect(JSON.parse(out).after).toMatchObject({ rollout: '30%', internal: ['@meanwhile.example'] })
  } finally {
    await wire.close()
  }
  expect(reads).toBe(2)
  expect(await json('rollout')).toMatchObject({ rollout: '30%', internal: ['@meanwhile.example'] })
})

const at = (second: number) => new Date(Date.parse('2026-02-01T12:00:00Z') + second * 1000)

/** So many visitors of a variant, the first of whom set out, the first of those bought for $100, half a minute after the last. */
async function visitors(variant: string, shown: number, starts: number, bought: number, guarded = false) {
  const name = (index: number) => `${variant}-${guarded}-${index}`
  await shop.db.insert(exposure).values(
    Array.from({ length: shown }, (_, index) => ({
      visitorId: name(index),
      productId: 'product_report',
      variant,
      guarded,
      shownAt: at(0),
      startedAt: index < starts ? at(10) : null,
    })),
  )
  if (bought === 0) return
  await shop.db.insert(checkoutSession).values(
    Array.from({ length: bought }, (_, index) => ({
      id: `chk_${name(index)}`,
      attemptKey: name(index),
      sessionId: `cs_${name(index)}`,
      status: 'complete' as const,
      productId: 'product_report',
      source: variant,
      visitorId: name(index),
      // What they bought by says nothing of what they were assigned.
      variant: 'session',
      currency: index === 0 ? 'jpy' : 'usd',
      amountTotal: 10_000,
      amountRefunded: index === 1 ? 2500 : 0,
      purchaseId: `purch_${name(index)}`,
      completedAt: at(10 + 30 * (index + 1)),
    })),
  )
}

test('the report counts by what was assigned, sets the guard apart, and knows how sure it is', async () => {
  await visitors('session', 70, 60, 56)
  await visitors('payment-link', 80, 50, 48)
  await visitors('session', 5, 2, 1, true)
  const report = await json(
    'report',
    '--product',
    'product_report',
    '--since',
    '2026-02-01',
    '--until',
    '2026-02-02',
  )
  expect(report.variants).toHaveLength(3)
  const [session, link, guarded] = report.variants
  expect(session).toMatchObject({
    variant: 'session',
    guarded: false,
    exposures: 70,
    starts: 60,
    completions: 56,
    checkoutSeconds: { median: 855, p90: 1515 },
  })
  expect(session.conversion.rate).toBeCloseTo(0.8)
  expect(session.revenue).toEqual(
    expect.arrayContaining([
      { currency: 'jpy', amount: 10_000, refunded: 0 },
      { currency: 'usd', amount: 550_000, refunded: 2500 },
    ]),
  )
  expect(link).toMatchObject({ variant: 'payment-link', exposures: 80, starts: 50, completions: 48 })
  expect(guarded).toMatchObject({ variant: 'session', guarded: true, exposures: 5, completions: 1 })
  // Newcombe's own example.
  expect(report.difference.difference).toBeCloseTo(0.2)
  expect(report.difference.low).toBeCloseTo(0.0524, 4)
  expect(report.difference.high).toBeCloseTo(0.3339, 4)
  const told = await ops('report', '--product', 'product_report')
  expect(told.out).toContain('¥10,000')
  expect(told.out).toContain('$5,500 (of it refunded: $25)')
  expect(told.out).toContain('checkout sells more')
  const nobody = await ops('report', '--product', 'product_report', '--since', '2026-02-02')
  expect(nobody).toMatchObject({ code: 0, out: 'Nobody was shown an offer in this time.\n' })
  expect(await ops('report', '--until', 'tomorrow')).toMatchObject({ code: 2 })
  expect(await ops('report', '--product', 'nope')).toMatchObject({
    code: 2,
    err: expect.stringContaining('There is no product nope'),
  })
  expect(await ops('report', '--since', '2026-02-02', '--until', '2026-02-01')).toMatchObject({
    code: 2,
    err: '--since is not before --until\n',
  })
}, 60_000)

test('who bought set out, whether their browser said so or not, and a time that is none is in no median', async () => {
  const seen = { productId: 'product_quick', variant: 'session', shownAt: at(0) }
  const sale = {
    ...{ status: 'complete' as const, source: 'session', currency: 'usd' },
    productId: 'product_quick',
  }
  // One whose browser said nothing, one whose clock ran backwards, and two who took 20 s and 40 s.
  const setOut = { silent: null, backwards: at(90), first: at(10), second: at(10) }
  const took = { silent: 30, backwards: 60, first: 30, second: 50 }
  for (const [name, startedAt] of Object.entries(setOut)) {
    await shop.db.insert(exposure).values({ ...seen, visitorId: name, startedAt })
    await shop.db.insert(checkoutSession).values({
      ...sale,
      id: `chk_${name}`,
      attemptKey: name,
      sessionId: `cs_${name}`,
      visitorId: name,
      amountTotal: 1,
      purchaseId: `purch_${name}`,
      completedAt: at(took[name as keyof typeof took]),
    })
  }
  const report = await json('report', '--product', 'product_quick')
  expect(report.variants).toMatchObject([
    { exposures: 4, starts: 4, completions: 4, checkoutSeconds: { median: 30, p90: 38 } },
  ])
  await shop.db.delete(exposure).where(inArray(exposure.visitorId, ['first', 'second']))
  const { variants } = await json('report', '--product', 'product_quick')
  expect(variants).toMatchObject([{ exposures: 2, starts: 2, completions: 2, checkoutSeconds: null }])
})
