import 'server-only'
import { offerQuerySchema } from '@/lib/contract/schemas'
import { json } from '@/lib/http/respond'
import { route } from '@/lib/http/route'
import { browserPreflight, browserRoute } from './browser-route'
import { storefront } from './storefront'
import { tellOffer } from './told-offer'
import { lookAt } from './visitor'

/** `GET /api/workshop/{slug}/offer?couponCode=…&quantity=…`: what this visitor would pay now, and why. */
export const offerRoute = route<{ slug: string }>({
  path: '/api/workshop/{slug}/offer',
  ...browserRoute,
  GET: async (request, { params, requestId }) => {
    const side = storefront()
    const query = offerQuerySchema.parse(Object.fromEntries(new URL(request.url).searchParams))
    const visitor = await lookAt(side, request.headers)
    const offer = await tellOffer(side, { slug: params.slug, ...query }, visitor, requestId)
    return json(offer, {
      headers: visitor.setCookie ? { 'Set-Cookie': visitor.setCookie } : {},
    })
  },
  OPTIONS: browserPreflight('GET, OPTIONS'),
})
