import 'server-only'
import { newVisitorId } from '@/lib/checkout/attempt'
import type { Buyer, Viewer } from '@/lib/contract/types'
import { clientAddress, clientCountry } from '@/lib/http/client'
import { assign, parseRollout } from '@/lib/rollout/setting'
import type { Storefront } from './storefront'

const COOKIE = 'workshop_visitor'
const YEAR_S = 365 * 24 * 60 * 60

export type Visitor = {
  viewer: Viewer | null
  /** What we vouch for towards the commerce side. */
  buyer: Buyer
  checkout: 'session' | 'payment-link'
  /** Set on the answer where the visitor is new. */
  setCookie?: string
}

const cookieOf = (headers: Headers): string | undefined =>
  new RegExp(`(?:^|;\\s*)${COOKIE}=([a-f0-9]{32})(?:;|$)`).exec(headers.get('cookie') ?? '')?.[1]

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
  const viewer = await storefront.viewer({ headers })
  const checkout = assign(parseRollout(settings.CHECKOUT_ROLLOUT), { id: known, internal: false })
  return {
    viewer,
    checkout,
    buyer: {
      visitorId,
      variant: checkout,
      ...(viewer && { email: viewer.email, member: viewer.member }),
      ...(viewer?.name && { name: viewer.name }),
      ...(address && { ip: address }),
      ...(country && { country }),
    },
    ...(!known && { setCookie: visitorCookie(visitorId, settings.NEXT_PUBLIC_APP_URL) }),
  }
}

const visitorCookie = (id: string, appUrl: string) =>
  `${COOKIE}=${id}; Path=/; Max-Age=${YEAR_S}; HttpOnly; SameSite=Lax${appUrl.startsWith('https:') ? '; Secure' : ''}`
