import { describe, expect, it } from 'vitest'
import { registerLabels } from './labels'
import { waitInLine } from './refused'
import type { RegisterState } from './register-props'

/** How many seconds are counted down where a server asks for so many. */
async function counted(retryAfter: string) {
  const seconds: (number | undefined)[] = []
  const tell = (state: RegisterState) => {
    if (state.status === 'submitting') seconds.push(state.retryIn)
  }
  const answer = {
    status: 429,
    body: { code: 'rate_limited' as const },
    response: new Response(null, { headers: { 'Retry-After': retryAfter } }),
  }
  const { signal } = new AbortController()
  const again = await waitInLine(answer, registerLabels, tell, signal, async () => undefined)
  return { again, seconds: seconds.filter((left) => left !== undefined) }
}

describe('a wait in line', () => {
  it('is as long as it is asked for', async () => {
    expect(await counted('3')).toEqual({ again: true, seconds: [3, 2, 1] })
  })

  it.each(['11', '3600', '1e9', 'Infinity'])('is never longer than ten seconds: %s', async (retryAfter) => {
    expect((await counted(retryAfter)).seconds).toHaveLength(10)
  })

  it.each(['', 'soon', 'NaN', 'Sat, 28 Nov 2026 20:00:00 GMT'])(
    'is two where it is unclear: %j',
    async (retryAfter) => {
      expect((await counted(retryAfter)).seconds).toEqual([2, 1])
    },
  )
})
