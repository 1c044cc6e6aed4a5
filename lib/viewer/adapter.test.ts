import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { guarded, type ViewerAdapter } from './adapter'

const ada = { id: '1', email: 'ada@example.com', name: 'Ada', member: true }
const request = { headers: new Headers() }
const problems: string[] = []
const look = (adapter: () => Promise<unknown>) =>
  guarded(adapter as ViewerAdapter, (problem) => problems.push(problem))(request)

beforeEach(() => {
  problems.length = 0
})
afterEach(() => vi.useRealTimers())

test("a host's own viewer is believed, without what else it says", async () => {
  expect(await look(async () => ({ ...ada, passwordHash: 'x' }))).toEqual(ada)
  expect(await look(async () => null)).toBeNull()
  expect(problems).toEqual([])
})

test.for<[unknown, string]>([
  [{ ...ada, email: 'nobody' }, 'email'],
  [{ ...ada, email: `${'a'.repeat(243)}@example.com` }, 'email'],
  [{ ...ada, member: 'yes' }, 'member'],
  [{ ...ada, id: 7 }, 'id'],
  ['ada@example.com', 'the whole answer'],
  [undefined, 'the whole answer'],
])('an answer that is no viewer means logged out, and names the field: %j', async ([answer, field]) => {
  expect(await look(async () => answer)).toBeNull()
  expect(problems).toEqual([`viewer.config.ts answered something else than a viewer: ${field}`])
  expect(problems.join()).not.toContain('ada@')
})

test.for<[string, string | undefined]>([
  ['Ada\nLovelace', 'Ada Lovelace'],
  ['A'.repeat(300), 'A'.repeat(200)],
  [' \u0000 ', undefined],
])("a host's own name is made one that the contract carries: %j", async ([name, carried]) => {
  const { name: _, ...nameless } = ada
  expect(await look(async () => ({ ...ada, name }))).toStrictEqual({
    ...nameless,
    ...(carried && { name: carried }),
  })
  expect(problems).toEqual([])
})

test('one that fails means logged out', async () => {
  const failing = async () => {
    throw new Error('ada@example.com is unknown')
  }
  expect(await look(failing)).toBeNull()
  expect(problems).toEqual(['viewer.config.ts failed'])
})

test('one that never answers is not waited for', async () => {
  vi.useFakeTimers()
  const answer = look(() => new Promise(() => {}))
  await vi.advanceTimersByTimeAsync(1000)
  expect(await answer).toBeNull()
  expect(problems).toEqual(['viewer.config.ts gave no answer in time'])
})
