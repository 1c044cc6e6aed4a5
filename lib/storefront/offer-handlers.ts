import 'server-only'
import { offerQuerySchema } from '@/lib/contract/schemas'
import { preflight } from '@/lib/http/origin'
import { json } from '@/lib/http/respond'
import { route } from '@/lib/http/route'
import { browserCors } from './checkout-handlers'
import { shownOffer } from './shown-offer'
import { storefront } from './storefront'
import { lookAt } from './visitor'

/** `GET /api/workshop/{slug}/offer?couponCode=…&quantity=…`: what this visitor would pay now, and why. */
export const offerRoute = route<{ slug: string }>({
  path: '/api/workshop/{slug}/offer',
  log: () => storefront().log,
  headers: browserCors,
  GET: async (request, { params, requestId }) => {
    const side = storefront()
    const query = offerQuerySchema.parse(Object.fromEntries(new URL(request.url).searchParams))
    const visitor = await lookAt(side, request.headers)
    const answer = await side.gateway.offer({ slug: params.slug, ...query }, visitor.buyer, { requestId })
    return json(shownOffer(answer, visitor), {
      headers: visitor.setCookie ? { 'Set-Cookie': visitor.setCookie } : {},
    })
  },
  OPTIONS: async (request) => preflight(request, storefront().settings.ALLOWED_ORIGIN, 'GET, OPTIONS'),
})
