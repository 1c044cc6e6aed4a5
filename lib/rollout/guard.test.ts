import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { advance, CLOSED, type Counted, guardState, shareOf, type Verdict, verdictSchema } from './guard'

const START = Date.parse('2026-11-24T12:00:00Z')

beforeEach(() => {
  // Nothing here waits; only what the clock says is ours.
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A shop whose checkouts come and fail as told, judged every two seconds as the servers do. */
function shop() {
  const outcomes: { at: number; failed: boolean }[] = []
  let verdict: Verdict = CLOSED
  const counted: Counted = (since) => {
    const counts = { attempts: 0, failures: 0 }
    for (const { at, failed } of outcomes) {
      if (at < since) continue
      counts.attempts++
      if (failed) counts.failures++
    }
    return counts
  }
  const judge = async () => {
    // As it is read back from the database.
    verdict = verdictSchema.parse(JSON.parse(JSON.stringify(await advance(verdict, counted, Date.now()))))
  }
  return {
    state: () => guardState(verdict),
    share: () => shareOf(verdict),
    try(times: number, failed = false) {
      for (let time = 0; time < times; time++) outcomes.push({ at: Date.now(), failed })
    },
    async pass(seconds: number, each?: () => void) {
      for (let at = 0; at < seconds; at += 2) {
        vi.setSystemTime(Date.now() + 2000)
        each?.()
        await judge()
      }
    },
    judge,
  }
}

describe('it opens', () => {
  test.each([
    ['19 attempts are too few', 0, 19, 'closed'],
    ['20 attempts that all failed', 0, 20, 'open'],
    ['one in twenty is 5 %, not more', 19, 1, 'closed'],
    ['two in thirty-nine are more', 37, 2, 'open'],
    ['none failed', 500, 0, 'closed'],
  ])('%s', async (_name, good, bad, state) => {
    const it = shop()
    it.try(good)
    it.try(bad, true)
    await it.pass(2)
    expect(it.state()).toBe(state)
    expect(it.share()).toBe(state === 'open' ? 0 : 100)
  })

  test('what failed more than five minutes ago counts no more', async () => {
    const it = shop()
    it.try(10, true)
    await it.pass(304)
    it.try(10, true)
    await it.pass(2)
    expect(it.state()).toBe('closed')
    it.try(10, true)
    await it.pass(2)
    expect(it.state()).toBe('open')
  })
})

async function opened() {
  const it = shop()
  it.try(20, true)
  await it.pass(2)
  expect(it.state()).toBe('open')
  return it
}

describe('it tries again by degrees', () => {
  test('a growing share gets sessions, then all, and what failed before is forgotten', async () => {
    const it = await opened()
    const shares = new Set([it.share()])
    await it.pass(18)
    expect(it.state()).toBe('open')
    for (let step = 0; step < 4; step++) {
      await it.pass(2)
      shares.add(it.share())
      await it.pass(14, () => it.try(1))
      shares.add(it.share())
    }
    expect([...shares]).toEqual([0, 10, 25, 50, 100])
    expect(it.state()).toBe('closed')
    await it.pass(60, () => it.try(1))
    expect(it.state()).toBe('closed')
  })

  test('where nobody comes, the steps pass with time alone', async () => {
    const it = await opened()
    await it.pass(20)
    expect(it.share()).toBe(10)
    await it.pass(58)
    expect(it.share()).toBe(10)
    await it.pass(4)
    expect(it.share()).toBe(25)
    await it.pass(130)
    expect(it.state()).toBe('closed')
  })

  test.each([0, 1, 2])('an error after %i more steps sends everybody back, for longer', async (steps) => {
    const it = await opened()
    await it.pass(20)
    for (let step = 0; step < steps; step++) await it.pass(16, () => it.try(1))
    expect(it.share()).toBe([10, 25, 50][steps])
    it.try(1, true)
    await it.pass(2)
    expect(it.state()).toBe('open')
    await it.pass(38)
    expect(it.state()).toBe('open')
    await it.pass(4)
    expect(it.share()).toBe(10)
  })

  test('as long as pages loaded before still fail, nobody is sent to try; the break grows to five minutes', async () => {
    const it = await opened()
    const openings: number[] = []
    let last = Date.now()
    await it.pass(20 + 40 + 80 + 160 + 300 + 300, () => {
      it.try(1, true)
      if (it.state() !== 'open') openings.push(Date.now() - last)
      last = Date.now()
    })
    expect(openings).toEqual([])
    // The last break began within these five minutes: it is waited out.
    await it.pass(300)
    expect(it.share()).toBeGreaterThan(0)
  })

  test('one failure among many attempts of a step is no reason to go back', async () => {
    const it = await opened()
    await it.pass(20)
    it.try(30)
    it.try(1, true)
    await it.pass(16)
    expect(it.share()).toBe(25)
  })
})
