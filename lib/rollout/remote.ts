import 'server-only'
import { z } from 'zod'
import { CLOSED, verdictSchema } from './guard'
import { EXPOSURES_A_CALL, type Exchange, type Report, type Shared } from './report'
import { parseRollout } from './setting'

type Deps = {
  /** The commerce side's origin. */
  baseUrl: string
  /** The value of `Authorization` for a body. */
  authorize: (body: string) => Promise<string>
}

const PATH = '/api/stripe/rollout'
const PATIENCE_MS = 2500

/** What `GET` and `POST /api/stripe/rollout` answer. A commerce side that is older says `rollout` alone. */
const answerSchema = z.object({
  rollout: z.string().refine((text) => {
    parseRollout(text)
    return true
  }),
  internal: z.array(z.string()).default([]),
  changedBy: z.string().optional(),
  changedAt: z.string().optional(),
  guard: z.object({ verdict: verdictSchema }).optional(),
})

/** The exchange of a pure storefront: it hands over whom it showed what, and is told the setting and the guard's verdict. */
export function remoteExchange({ baseUrl, authorize }: Deps): Exchange {
  async function call(body?: string): Promise<Shared> {
    const response = await fetch(baseUrl + PATH, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        Accept: 'application/json',
        Authorization: await authorize(body ?? ''),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
      redirect: 'manual',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (response.status !== 200) throw new Error(`the commerce side answers ${response.status}`)
    const { guard, ...setting } = answerSchema.parse(await response.json())
    return { setting, verdict: guard?.verdict ?? CLOSED }
  }
  return async ({ exposures }: Report) => {
    let shared: Shared | undefined
    for (let from = 0; from < exposures.length; from += EXPOSURES_A_CALL) {
      shared = await call(JSON.stringify({ exposures: exposures.slice(from, from + EXPOSURES_A_CALL) }))
    }
    return shared ?? call()
  }
}
