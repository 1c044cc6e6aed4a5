import 'server-only'
import { paymentLinkUrl } from '@/lib/checkout/fallback'
import { CheckoutError, isFault } from '@/lib/contract/errors'
import { type CheckoutIntent, checkoutRequestSchema, startSchema } from '@/lib/contract/schemas'
import type { Buyer } from '@/lib/contract/types'
import { readBody, readRawBody } from '@/lib/http/body'
import { clientAddress } from '@/lib/http/client'
import { checkOrigin } from '@/lib/http/origin'
import { asCheckoutError, countingFailure, json } from '@/lib/http/respond'
import { type Handler, route } from '@/lib/http/route'
import { quotaHeaders, tighter } from '@/lib/rate-limit'
import { rollout } from '@/lib/rollout'
import { attempt } from '@/lib/rollout/attempt'
import { countFallback } from '@/lib/telemetry/metrics'
import { declaredWorkshops } from '@/lib/workshops'
import { browserPreflight, browserRoute } from './browser-route'
import { declaredOffer } from './declared-offer'
import { type Storefront, storefront } from './storefront'
import { lookAt, lookupsOf, type Visitor } from './visitor'

/** `POST /api/workshop/checkout`: JSON from the button, or a plain HTML form, which is answered with a redirect. */
const post: Handler<Record<never, never>> = async (request, context) => {
  const side = storefront()
  const { settings } = side
  if (new URL(request.url).searchParams.has('start')) return noteStart(side, request)
  const body = await countingFailure(async () => {
    checkOrigin(request, { own: settings.NEXT_PUBLIC_APP_URL, allowed: settings.ALLOWED_ORIGIN })
    return readBody(request)
  })
  if (body.kind === 'form') return answerForm(side, request, body.value, context.requestId)
  const { intent, visitor, headers } = await letIn(side, request, body.value)
  const answer = await create(side, intent, visitor, context.requestId)
  if (visitor.setCookie) headers.append('Set-Cookie', visitor.setCookie)
  return json(answer, { headers })
}

const letIn = (side: Storefront, request: Request, value: unknown) =>
  countingFailure(async () => {
    const intent = checkoutRequestSchema.parse(value)
    return { intent, ...(await admit(side, request, intent)) }
  })

/** Counts the address before anybody is asked who this is, then the e-mail that the checkout would be for. */
async function admit(side: Storefront, request: Request, intent: CheckoutIntent) {
  const ip = clientAddress(request.headers, side.trust)
  const byAddress = await side.limiter.limit({ ...(ip && { ip }) })
  const visitor = await lookAt(side, request.headers, intent.attemptId)
  const { email: viewer } = visitor.buyer
  const byEmail = await side.limiter.limit(viewer ? { viewer } : { email: intent.email })
  return { visitor, headers: new Headers(quotaHeaders(tighter(byAddress, byEmail))) }
}

/**
 * `POST …?start`, the browser's beacon as a visitor leaves for the payment link: its body is the product, and nobody waits for the
 * answer. Only who was shown an offer under their own cookie is counted.
 */
async function noteStart(side: Storefront, request: Request): Promise<Response> {
  const { settings } = side
  checkOrigin(request, { own: settings.NEXT_PUBLIC_APP_URL, allowed: settings.ALLOWED_ORIGIN })
  const ip = clientAddress(request.headers, side.trust)
  await side.limiter.limit({ ...(ip && { ip }) }, 'start')
  const productId = startSchema.parse(await readRawBody(request, 1024))
  const visitor = await lookAt(side, request.headers)
  if (!visitor.setCookie) started(productId, visitor)
  return new Response(null, { status: 204, headers: { 'Cache-Control': 'private, no-store' } })
}

const started = (productId: string, { person, id: visitorId, variant, buyer: { ip } }: Visitor) => {
  if (person) rollout().noteStarted({ visitorId, productId, variant, ip })
}

async function create(side: Storefront, intent: CheckoutIntent, visitor: Visitor, requestId: string) {
  started(intent.productId, visitor)
  try {
    return await attempt(() => side.gateway.create(intent, visitor.buyer, { requestId }))
  } catch (error) {
    const known = withDeclaredFallback(asCheckoutError(error), intent, visitor.buyer)
    if (known.details.fallbackUrl) countFallback(known.details.reason ?? known.code)
    throw known
  }
}

/** By either of a product's two ids. */
const declaredAs = (productId: string) =>
  declaredWorkshops().find(
    (workshop) => workshop.productId === productId || workshop.stripeProductId === productId,
  )

/** The last resort, where nobody behind us could name a payment link: the one that `workshops.config.ts` declares. */
function withDeclaredFallback(
  error: CheckoutError,
  { productId, email, couponCode }: CheckoutIntent,
  buyer: Buyer,
): CheckoutError {
  if (!isFault(error) || error.details.fallbackUrl) return error
  const declared = declaredAs(productId)
  const fallbackUrl =
    declared &&
    declaredOffer(declared, new Date(), {
      buyer: { ...buyer, email: email ?? buyer.email },
      couponCode,
      among: declaredWorkshops(),
    }).fallbackUrl
  if (!fallbackUrl) return error
  return new CheckoutError(error.code, {
    message: error.message,
    cause: error.cause,
    details: { ...error.details, fallbackUrl },
  })
}

/** Without JavaScript: on to Stripe, or back to the page with what happened; a fault of ours goes on to the payment link. */
async function answerForm(
  side: Storefront,
  request: Request,
  fields: Record<string, unknown>,
  requestId: string,
) {
  let location: string
  let cookie: string | undefined
  try {
    const { intent, visitor } = await letIn(side, request, { ...fields, uiMode: 'hosted' })
    cookie = visitor.setCookie
    const link = visitor.guarded ? await linkOf(side, intent, visitor, requestId) : undefined
    if (link) return redirect(link, cookie)
    const answer = await create(side, intent, visitor, requestId)
    if (!('checkoutUrl' in answer)) throw new CheckoutError('internal')
    location = answer.checkoutUrl
  } catch (error) {
    const known = asCheckoutError(error)
    side.log.info(
      { event: 'checkout.form_failed', requestId, code: known.code, err: known.cause },
      known.message,
    )
    location = known.details.fallbackUrl ?? pageWithError(side, fields, known)
  }
  return redirect(location, cookie)
}

function redirect(location: string, cookie: string | undefined): Response {
  const headers = new Headers({ Location: location, 'Cache-Control': 'private, no-store' })
  if (cookie) headers.append('Set-Cookie', cookie)
  return new Response(null, { status: 303, headers })
}

/** Where the guard sends a form; nothing where there is no link, or nothing to sell, which checkout itself says best. */
async function linkOf(
  side: Storefront,
  intent: CheckoutIntent,
  visitor: Visitor,
  requestId: string,
): Promise<string | undefined> {
  const { productId, couponCode, quantity, email } = intent
  const question = { productId, quantity, ...(couponCode && { couponCode }) }
  try {
    const { offer } = await side.gateway.offer(question, visitor.buyer, {
      requestId,
      countLookup: lookupsOf(side, visitor),
    })
    const link = paymentLinkUrl(offer.fallbackUrl, { email: email ?? visitor.buyer.email })
    if (link) note()
    return link
  } catch (error) {
    const { details } = withDeclaredFallback(asCheckoutError(error), intent, visitor.buyer)
    if (details.fallbackUrl) note()
    return details.fallbackUrl
  }

  function note() {
    started(productId, visitor)
    countFallback('guard')
  }
}

/**
 * To the page that says what happened: the registration that they have, else the workshop's own: the declared one, or the one that the
 * form names, as far as it can be one: no client names a target.
 */
function pageWithError(
  { settings }: Storefront,
  fields: Record<string, unknown>,
  { code, details }: CheckoutError,
): string {
  const { metadata, productId } = fields
  const named =
    metadata !== null && typeof metadata === 'object' && 'workshopSlug' in metadata
      ? metadata.workshopSlug
      : undefined
  const slug =
    (typeof productId === 'string' ? declaredAs(productId)?.slug : undefined) ??
    (typeof named === 'string' && /^(?!\.+$)[\p{L}\p{M}\p{N}_.~-]{1,191}$/u.test(named) ? named : undefined)
  const page = new URL(
    details.confirmationUrl ?? (slug ? `/workshop/${encodeURIComponent(slug)}` : '/'),
    settings.NEXT_PUBLIC_APP_URL,
  )
  page.searchParams.set('checkout_error', code)
  return page.href
}

export const checkoutRoute = route({
  path: '/api/workshop/checkout',
  ...browserRoute,
  POST: post,
  OPTIONS: browserPreflight('POST, OPTIONS'),
})
