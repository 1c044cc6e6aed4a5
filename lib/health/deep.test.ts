import { expect, test } from 'vitest'
import { type CheckResult, createDeepHealth, failing, good, off, unknown } from './deep'

/** A look that is counted, and ends when it is told to. */
function counted(found: () => Record<string, CheckResult>) {
  let end = () => {}
  const looks = { count: 0, end: () => end() }
  let now = Date.parse('2026-11-25T10:00:00Z')
  const ask = createDeepHealth({
    checks: () => {
      looks.count++
      return new Promise((resolve) => {
        end = () => resolve(found())
      })
    },
    now: () => now,
  })
  const pass = (ms: number) => {
    now += ms
  }
  return { ask, looks, pass }
}

test('a thousand who ask at once are one look', async () => {
  const { ask, looks } = counted(() => ({ database: good }))
  const answers = Promise.all(Array.from({ length: 1000 }, ask))
  looks.end()
  expect(new Set(await answers).size).toBe(1)
  expect(looks.count).toBe(1)
})

test('what was found counts for ten seconds, well or not', async () => {
  let result: CheckResult = failing('away')
  const { ask, looks, pass } = counted(() => ({ stripe: result }))
  const first = ask()
  looks.end()
  expect(await first).toEqual({
    status: 'failing',
    checkedAt: '2026-11-25T10:00:00.000Z',
    checks: { stripe: { status: 'failing', detail: 'away' } },
  })
  result = good
  pass(9999)
  expect((await ask()).status).toBe('failing')
  expect(looks.count).toBe(1)
  pass(1)
  const later = ask()
  looks.end()
  expect(await later).toMatchObject({ status: 'ok', checkedAt: '2026-11-25T10:00:10.000Z' })
  expect(looks.count).toBe(2)
})

test.each([
  ['what is not set up is not needed', { database: good, mail: off('no mail') }, 'ok'],
  ['what nobody can tell is not well', { database: good, clock: unknown('no time') }, 'failing'],
  ['one that fails is enough', { database: good, mail: failing('EAUTH') }, 'failing'],
])('%s', async (_, found, status) => {
  const { ask, looks } = counted(() => found)
  const answer = ask()
  looks.end()
  expect((await answer).status).toBe(status)
})
