import 'server-only'
import { newVisitorId } from '@/lib/checkout/attempt'
import type { Buyer, Viewer } from '@/lib/contract/types'
import { clientAddress, clientCountry } from '@/lib/http/client'
import { rollout } from '@/lib/rollout'
import type { Variant } from '@/lib/rollout/setting'
import { variantOf } from '@/lib/rollout/variant'
import type { Storefront } from './storefront'
import { cookieOf, visitorCookie } from './visitor-cookie'

export type Visitor = {
  viewer: Viewer | null
  /** What we vouch for towards the commerce side. */
  buyer: Buyer
  id: string
  /** What the rollout assigned them. */
  variant: Variant
  /** What they get now: the payment link too while the guard keeps them there. */
  checkout: Variant
  /** The guard, not the rollout, keeps them on the payment link. */
  guarded: boolean
  /** Whether a person looks at this: a crawler or a prefetch is no visitor. */
  person: boolean
  /** Set on the answer where the visitor is new. */
  setCookie?: string
}

/** Our own look at who is asking: nothing of it can be sent by the page. */
export async function lookAt(
  storefront: Storefront,
  headers: Headers,
  attemptId?: string | undefined,
): Promise<Visitor> {
  const { settings } = storefront
  const address = clientAddress(headers, storefront.trust)
  const country = clientCountry(headers, storefront.trust)
  const known = cookieOf(headers)
  const visitorId = known ?? newVisitorId(attemptId, address, headers.get('user-agent'))
  const state = rollout()
  const [viewer] = await Promise.all([storefront.viewer({ headers }), state.ready()])
  const variant = await variantOf({ id: visitorId, internal: state.isInternal(viewer?.email) }, headers)
  const guarded = variant === 'session' && state.diverts(visitorId)
  return {
    viewer,
    id: visitorId,
    variant,
    checkout: guarded ? 'payment-link' : variant,
    guarded,
    person: isPerson(headers),
    buyer: {
      visitorId,
      variant,
      ...(viewer && { email: viewer.email, member: viewer.member }),
      ...(viewer?.name && { name: viewer.name }),
      ...(address && { ip: address }),
      ...(country && { country }),
    },
    ...(!known && { setCookie: visitorCookie(visitorId, settings.NEXT_PUBLIC_APP_URL) }),
  }
}

/** Counts the codes that this visitor's address has Stripe asked about. */
export const lookupsOf =
  ({ limiter }: Storefront, { buyer: { ip } }: Visitor) =>
  () =>
    limiter.limit(ip ? { ip } : {}, 'code')

/** What reads pages for a search engine or a preview says so. */
const CRAWLER = /bot\b|crawl|spider|slurp|externalhit|preview/i

const isPerson = (headers: Headers): boolean =>
  !CRAWLER.test(headers.get('user-agent') ?? '') &&
  !headers.has('next-router-prefetch') &&
  !/prefetch/.test(headers.get('sec-purpose') ?? headers.get('purpose') ?? '')
