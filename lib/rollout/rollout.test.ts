import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLog } from '@/lib/telemetry/log'
import { advance, CLOSED, guardState, type Verdict } from './guard'
import { CountsTaken, type Report, type Shared } from './report'
import { RolloutState } from './rollout'

const shown = { visitorId: 'a'.repeat(32), productId: 'product', variant: 'session' }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-24T12:00:00Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

/** One process, and whoever it asks. */
function aProcess() {
  let answer: Shared | Error | Promise<Shared> = {
    setting: { rollout: '25%', internal: [] },
    verdict: CLOSED,
  }
  const reports: Report[] = []
  const verdicts: Verdict[] = []
  const state = new RolloutState({
    exchange: async (report) => {
      reports.push(report)
      if (answer instanceof Error) throw answer
      return answer
    },
    fallback: 'on',
    log: createLog('silent'),
    now: Date.now,
    onLocalVerdict: (verdict) => verdicts.push(verdict),
  })
  return {
    state,
    reports,
    verdicts,
    answers: (next: Shared | Error | Promise<Shared>) => {
      answer = next
    },
    async pass(ms: number) {
      for (let at = 0; at < ms; at += 2000) {
        vi.setSystemTime(Date.now() + 2000)
        await state.exchange()
      }
    },
  }
}

function later() {
  let resolve: (shared: Shared) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<Shared>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

describe('the setting', () => {
  test('is CHECKOUT_ROLLOUT until it was read, then what is stored', async () => {
    const { state, reports } = aProcess()
    expect(state.setting.rollout).toBe('on')
    await state.ready()
    expect(state.setting.rollout).toBe('25%')
    // Fresh enough: nobody is asked again.
    await state.ready()
    expect(reports).toHaveLength(1)
  })

  test('is CHECKOUT_ROLLOUT where nobody stored one', async () => {
    const { state, answers } = aProcess()
    answers({ setting: null, verdict: CLOSED })
    await state.ready()
    expect(state.setting).toEqual({ rollout: 'on', internal: [] })
  })

  test('is the last known for a minute while nobody answers, then CHECKOUT_ROLLOUT, then the stored one again', async () => {
    const { state, answers, pass } = aProcess()
    await state.ready()
    answers(new Error('down'))
    await pass(60_000)
    expect(state.setting.rollout).toBe('25%')
    await pass(2000)
    expect(state.setting.rollout).toBe('on')
    answers({ setting: { rollout: 'off', internal: [] }, verdict: CLOSED })
    await pass(2000)
    expect(state.setting.rollout).toBe('off')
  })

  test('nobody waits for what has just failed: only the clock asks again, and fails within five seconds', async () => {
    const { state, reports, answers, pass } = aProcess()
    await state.ready()
    answers(new Error('down'))
    await pass(12_000)
    const asked = reports.length
    vi.setSystemTime(Date.now() + 6000)
    await state.ready()
    expect(reports).toHaveLength(asked)
  })

  test('a process that slept asks before it answers', async () => {
    const { state, answers } = aProcess()
    await state.ready()
    answers({ setting: { rollout: 'off', internal: [] }, verdict: CLOSED })
    vi.setSystemTime(Date.now() + 3_600_000)
    await state.ready()
    expect(state.setting.rollout).toBe('off')
  })
})

describe('exposures', () => {
  test('are told once, the first moment of each kind, and again only when something is new', async () => {
    const { state, reports, pass } = aProcess()
    state.noteShown(shown)
    vi.setSystemTime(Date.now() + 500)
    state.noteShown({ ...shown, variant: 'payment-link' })
    await pass(2000)
    expect(reports[0]?.exposures).toEqual([{ ...shown, guarded: false, shownAt: '2026-11-24T12:00:00.000Z' }])
    state.noteShown(shown)
    await pass(2000)
    expect(reports[1]?.exposures).toEqual([])
    state.noteStarted(shown)
    state.noteStarted(shown)
    await pass(2000)
    expect(reports[2]?.exposures).toMatchObject([{ ...shown, startedAt: '2026-11-24T12:00:04.500Z' }])
    state.noteStarted(shown)
    await pass(2000)
    expect(reports[3]?.exposures).toEqual([])
  })

  test.for(['noteShown', 'noteStarted'] as const)(
    'are five hundred an hour from one address, so that made-up visitors fill no table: %s',
    async (note) => {
      const { state, reports, pass } = aProcess()
      const told = () => reports.flatMap(({ exposures }) => exposures).length
      const show = (from: string, count: number) => {
        for (let visitor = 0; visitor < count; visitor++)
          state[note]({ ...shown, visitorId: `${from} ${visitor}`, ip: from })
      }
      show('2001:db8:1:2::1', 600)
      // The same customer's, and one who has been noted before.
      state[note]({ ...shown, visitorId: 'another', ip: '2001:db8:1:2::2' })
      state.noteStarted({ ...shown, visitorId: '2001:db8:1:2::1 0', ip: '2001:db8:1:2::2' })
      await pass(4000)
      expect(told()).toBe(500)
      show('192.0.2.1', 1)
      await pass(2000)
      expect(told()).toBe(501)
      await pass(3_600_000)
      const before = told()
      show('2001:db8:1:2::9', 1)
      await pass(2000)
      expect(told() - before).toBe(1)
    },
  )

  test('are told four hundred at a time, and beyond twenty thousand that wait they are lost rather than memory', async () => {
    const { state, reports, pass } = aProcess()
    for (let visitor = 0; visitor < 20_100; visitor++) state.noteShown({ ...shown, visitorId: `${visitor}` })
    await pass(110_000)
    const told = reports.map(({ exposures }) => exposures.length)
    expect(Math.max(...told)).toBe(400)
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(20_000)
  })

  test('wait while nobody can be told', async () => {
    const { state, reports, answers, pass } = aProcess()
    answers(new Error('down'))
    state.noteShown(shown)
    await pass(2000)
    state.noteStarted(shown)
    answers({ setting: null, verdict: CLOSED })
    await pass(2000)
    expect(reports.at(-1)?.exposures).toMatchObject([
      { shownAt: '2026-11-24T12:00:00.000Z', startedAt: '2026-11-24T12:00:02.000Z' },
    ])
  })

  test('that are being told are not told again, and one who sets out meanwhile is', async () => {
    const { promise, resolve } = later()
    const { state, reports, answers, pass } = aProcess()
    answers(promise)
    state.noteShown(shown)
    const telling = state.exchange()
    state.noteShown(shown)
    state.noteShown({ ...shown, visitorId: 'b'.repeat(32) })
    state.noteStarted({ ...shown, visitorId: 'b'.repeat(32) })
    resolve({ setting: null, verdict: CLOSED })
    await telling
    await pass(2000)
    expect(reports[1]?.exposures).toMatchObject([
      { visitorId: 'b'.repeat(32), startedAt: expect.any(String) },
    ])
  })

  test('are marked as guarded, whoever could not be told of it', async () => {
    const { promise, reject } = later()
    const { state, reports, answers, pass } = aProcess()
    answers({
      setting: null,
      verdict: await advance(CLOSED, () => ({ attempts: 20, failures: 20 }), Date.now()),
    })
    await state.ready()
    state.noteShown(shown)
    await pass(2000)
    answers(promise)
    const failing = state.exchange()
    state.noteStarted(shown)
    reject(new Error('down'))
    await failing
    answers({ setting: null, verdict: CLOSED })
    await pass(2000)
    expect(reports.at(-1)?.exposures).toMatchObject([{ guarded: true, startedAt: expect.any(String) }])
  })
})

describe('counts', () => {
  const failures = (reports: Report[]) =>
    reports.map(({ counts }) => counts.reduce((sum, one) => sum + one.failures, 0))

  test('that could not be told are told later', async () => {
    const { state, reports, answers, pass } = aProcess()
    answers(new Error('down'))
    state.noteAttempt(true)
    await pass(2000)
    answers({ setting: null, verdict: CLOSED })
    await pass(4000)
    expect(failures(reports)).toEqual([1, 1, 0])
  })

  test('are told no more once they are too old to be judged by', async () => {
    const { state, reports, answers, pass } = aProcess()
    answers(new Error('down'))
    state.noteAttempt(true)
    await pass(302_000)
    answers({ setting: null, verdict: CLOSED })
    await pass(2000)
    expect(reports.at(-1)?.counts).toEqual([])
  })

  test('that were taken before something failed are not told twice: one failure would look like twenty', async () => {
    const { state, reports, answers, pass } = aProcess()
    answers(new CountsTaken(new Error('down')))
    state.noteAttempt(true)
    await pass(4000)
    expect(failures(reports)).toEqual([1, 0])
  })

  test('nor those of which nobody knows whether they were', async () => {
    const { state, reports, answers, pass } = aProcess()
    answers(new Promise(() => undefined))
    state.noteAttempt(true)
    await state.exchange()
    answers({ setting: null, verdict: CLOSED })
    await pass(2000)
    expect(failures(reports)).toEqual([1, 0])
  })
})

describe('the guard of a process that can ask nobody', () => {
  test('opens by itself, tells its counts later, and follows the others again', async () => {
    const { state, reports, verdicts, answers, pass } = aProcess()
    await state.ready()
    answers(new Error('down'))
    await pass(4000)
    for (let time = 0; time < 20; time++) state.noteAttempt(true)
    // What the others said a moment ago still holds.
    await pass(2000)
    expect(guardState(state.verdict)).toBe('closed')
    await pass(8000)
    expect(guardState(state.verdict)).toBe('open')
    expect(verdicts).toHaveLength(1)
    expect(state.diverts(shown.visitorId)).toBe(true)

    answers({ setting: null, verdict: CLOSED })
    await pass(2000)
    const told = reports.at(-1)?.counts.reduce((sum, { failures }) => sum + failures, 0)
    expect(told).toBe(20)
    expect(guardState(state.verdict)).toBe('closed')
    expect(state.diverts(shown.visitorId)).toBe(false)
  })
})
