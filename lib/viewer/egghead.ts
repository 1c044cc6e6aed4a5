import 'server-only'
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Viewer } from '@/lib/contract/types'
import { untilAborted } from '@/lib/in-time'
import { fetchEggheadUser, ViewerProblem } from './egghead-api'
import { createMembership, type FetchSubscription, type IsMember } from './egghead-membership'
import type { EggheadUser } from './egghead-user'
import { viewerName } from './identity'

export type EggheadOptions = {
  /** The origin of the Rails API. */
  authUrl: string
  fetchSubscription: FetchSubscription
  onProblem?: ((problem: string) => void) | undefined
}

const COOKIE = 'eh_token_2020_11_22'
const MAX_TOKEN_LENGTH = 4096

/** For Rails and Stripe together: a page waits no longer to learn who is asking. */
const BUDGET_MS = 600

/** A page view asks more than once who is asking, and costs one call. */
const KNOWN_TTL_MS = 60_000
/** After a failure, Rails is left alone for a moment. */
const UNKNOWN_TTL_MS = 5000

/** The viewer of egghead.io, as Rails knows them by their token. Whatever goes wrong means logged out. */
export function createEggheadViewer(options: EggheadOptions) {
  const isMember = createMembership(options.fetchSubscription)
  const viewers = new LRUCache<string, { viewer: Viewer | null }, string>({
    max: 10_000,
    ttl: KNOWN_TTL_MS,
    perf: { now: () => Date.now() },
    fetchMethod: async (_key, _stale, { context: token, options: caching }) => {
      const answer = await learn(options.authUrl, token, isMember)
      if (answer.problem !== undefined) {
        caching.ttl = UNKNOWN_TTL_MS
        options.onProblem?.(answer.problem)
      }
      return { viewer: answer.viewer }
    },
  })
  return async ({ headers }: { headers: Headers }): Promise<Viewer | null> => {
    const token = tokenOf(headers)
    if (!token) return null
    const key = createHash('sha256').update(token).digest('base64')
    return (await viewers.fetch(key, { context: token }))?.viewer ?? null
  }
}

/** A token of visible ASCII: anything else would not pass as a header. */
export function tokenOf(headers: Headers): string | undefined {
  const raw = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(headers.get('cookie') ?? '')?.[1]
  const token = raw && decode(raw.trim().replace(/^"(.*)"$/, '$1'))
  return token && token.length <= MAX_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token) ? token : undefined
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

type Learned = { viewer: Viewer | null; problem?: string }

async function learn(authUrl: string, token: string, isMember: IsMember): Promise<Learned> {
  const signal = AbortSignal.timeout(BUDGET_MS)
  try {
    const user = await fetchEggheadUser(authUrl, token, signal)
    if (!user) return { viewer: null }
    // What is learned too late is there for the next view.
    const member = await untilAborted(isMember(user), signal).catch(() => undefined)
    return {
      viewer: viewerOf(user, member ?? false),
      ...(member === undefined && { problem: 'the membership could not be learned' }),
    }
  } catch (error) {
    return { viewer: null, problem: error instanceof ViewerProblem ? error.message : 'an unexpected failure' }
  }
}

function viewerOf({ id, email, name: raw }: EggheadUser, member: boolean): Viewer {
  const name = viewerName(raw ?? '')
  return { id, email, ...(name && { name }), member }
}
