import 'server-only'
import { z } from 'zod'
import type { Log } from '@/lib/telemetry/log'
import { CLOSED, verdictSchema } from './guard'
import {
  BYTES_A_CALL,
  EXPOSURES_A_CALL,
  type Exchange,
  type Exposure,
  type Report,
  type Shared,
} from './report'
import { parseRollout } from './setting'

type Deps = {
  /** The commerce side's origin. */
  baseUrl: string
  /** The value of `Authorization` for a body. */
  authorize: (body: string) => Promise<string>
  log: Log
}

const PATH = '/api/stripe/rollout'
const PATIENCE_MS = 2500
/** Refusals that pass: of our key, of the pace, of the hour. */
const PASSING = [401, 403, 408, 429]

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

class StatusError extends Error {
  constructor(readonly status: number) {
    super(`the commerce side answers ${status}`)
  }
}

/** Whether this body will never be taken, however often it is sent. */
const isForGood = (error: unknown): error is StatusError =>
  error instanceof StatusError && error.status >= 400 && error.status < 500 && !PASSING.includes(error.status)

const bodyOf = (exposures: string[]) => `{"exposures":[${exposures.join()}]}`
const FRAME_BYTES = bodyOf([]).length

/** As few bodies as hold these exposures, none of them more than the route reads: a product's name may be long. */
function* bodiesOf(exposures: Exposure[]): Generator<{ body: string; count: number }> {
  let texts: string[] = []
  let bytes = FRAME_BYTES
  for (const exposure of exposures) {
    const text = JSON.stringify(exposure)
    const size = Buffer.byteLength(text) + 1
    if (texts.length === EXPOSURES_A_CALL || bytes + size > BYTES_A_CALL) {
      yield { body: bodyOf(texts), count: texts.length }
      texts = []
      bytes = FRAME_BYTES
    }
    texts.push(text)
    bytes += size
  }
  if (texts.length > 0) yield { body: bodyOf(texts), count: texts.length }
}

/** The exchange of a pure storefront: it hands over whom it showed what, and is told the setting and the guard's verdict. */
export function remoteExchange({ baseUrl, authorize, log }: Deps): Exchange {
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
    if (response.status !== 200) throw new StatusError(response.status)
    const { guard, ...setting } = answerSchema.parse(await response.json())
    return { setting, verdict: guard?.verdict ?? CLOSED }
  }
  return async ({ exposures }: Report) => {
    let shared: Shared | undefined
    const refused = { exposures: 0, status: 0 }
    for (const { body, count } of bodiesOf(exposures)) {
      try {
        shared = await call(body)
      } catch (error) {
        if (!isForGood(error)) throw error
        refused.exposures += count
        refused.status = error.status
      }
    }
    shared ??= await call()
    // Not before something was answered: whoever refuses everything may be another than the commerce side, and then they are kept.
    if (refused.exposures > 0)
      log.warn(
        { event: 'rollout.exposures_refused', ...refused },
        'the commerce side refuses exposures; they are dropped, so that the setting is still learned',
      )
    return shared
  }
}
