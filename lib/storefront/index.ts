import 'server-only'
import { randomUUID } from 'node:crypto'
import { headers } from 'next/headers'
import { cache } from 'react'
import type { OfferAnswer } from '@/lib/checkout/gateway'
import { CheckoutError, errorCatalogue, isErrorCode } from '@/lib/contract/errors'
import type { WorkshopPage } from '@/lib/contract/page'
import { sessionIdSchema } from '@/lib/contract/schemas'
import type { CheckoutStatus, Offer, Viewer, Workshop } from '@/lib/contract/types'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { declaredWorkshops } from '@/lib/workshops'
import { declaredOffer } from './declared-offer'
import { createListedOffers } from './listed-offers'
import { storefront } from './storefront'
import { declaredTold, tellOffer } from './told-offer'
import { lookAt } from './visitor'

/** What the pages read. Everything about a visitor is read per request, and nothing of it may be cached. */

const pageOf = (declared: WorkshopDeclaration, live?: Workshop): WorkshopPage => ({
  slug: declared.slug,
  productId: declared.productId,
  title: declared.title,
  startsAt: declared.startsAt,
  endsAt: declared.endsAt,
  timeZone: declared.timeZone,
  price: declared.price,
  ...(declared.paymentLink && { paymentLink: declared.paymentLink }),
  ...live,
  summary: declared.summary,
  description: declared.description,
  outline: declared.outline,
  instructor: declared.instructor,
  howToJoin: declared.howToJoin,
  ...(declared.capacity !== undefined && { capacity: declared.capacity }),
})

/**
 * A workshop as `workshops.config.ts` declares it, for the components: nothing is asked of anybody, so that a static page may
 * hold it, and the codes of its tiers stay on the server. `undefined` where none has that slug.
 */
export function declaredWorkshop(slug: string): (Workshop & { capacity?: number }) | undefined {
  const declared = declaredWorkshops().find((workshop) => workshop.slug === slug)
  if (!declared) return undefined
  const { productId, title, startsAt, endsAt, timeZone, price, paymentLink, capacity } = declared
  return {
    ...{ slug, productId, title, startsAt, endsAt, timeZone, price },
    ...(paymentLink && { paymentLink }),
    ...(capacity !== undefined && { capacity }),
  }
}

/** One rendering of a page, as log lines of both sides name it. */
const renderId = cache(() => randomUUID())

let listedOffers: ReturnType<typeof createListedOffers> | undefined

/** Every declared workshop with what anybody would pay for it now; where nobody can be asked, what is declared. */
export async function listWorkshops(): Promise<{ workshop: WorkshopPage; offer: OfferAnswer['offer'] }[]> {
  const side = storefront()
  listedOffers ??= createListedOffers((slug) =>
    side.gateway.offer({ slug, quantity: 1 }, {}, { requestId: randomUUID() }),
  )
  const listed = listedOffers
  return Promise.all(
    declaredWorkshops().map(async (declared) => {
      try {
        const { workshop, offer } = await listed(declared.slug)
        return { workshop: pageOf(declared, workshop), offer }
      } catch (error) {
        side.log.warn(
          { event: 'page.offer_unavailable', slug: declared.slug, err: error },
          'a list is told from the declaration alone',
        )
        return { workshop: pageOf(declared), offer: declaredOffer(declared, new Date()) }
      }
    }),
  )
}

/** A workshop that is declared, as the database tells it where it can be reached. */
export async function getWorkshopPage(slug: string): Promise<WorkshopPage | null> {
  const declared = declaredWorkshops().find((workshop) => workshop.slug === slug)
  if (!declared) return null
  const answer = await readAnonymously(slug)
  return pageOf(declared, answer?.workshop)
}

async function readAnonymously(slug: string) {
  try {
    return await storefront().gateway.offer({ slug, quantity: 1 }, {}, { requestId: renderId() })
  } catch (error) {
    storefront().log.warn(
      { event: 'page.offer_unavailable', requestId: renderId(), slug, err: error },
      'a page is told from the declaration alone',
    )
    return null
  }
}

/** A code as the contract carries it: an address may hold anything, however long, and what no code looks like is an unknown code. */
const asTyped = (code: string): string =>
  [...code.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim()].slice(0, 100).join('')

/** This visitor's offer and who they are; where nobody can be asked, what `workshops.config.ts` says, through the payment link. */
export async function getVisitorOffer(
  slug: string,
  query: { couponCode?: string; quantity?: number } = {},
): Promise<{ offer: Offer | null; viewer: Viewer | null }> {
  const side = storefront()
  const visitor = await lookAt(side, await headers())
  const couponCode = query.couponCode === undefined ? undefined : asTyped(query.couponCode)
  const question = { slug, quantity: query.quantity ?? 1, couponCode }
  try {
    return { viewer: visitor.viewer, offer: await tellOffer(side, question, visitor, renderId()) }
  } catch (error) {
    if (error instanceof CheckoutError && error.code === 'product_not_found')
      return { viewer: visitor.viewer, offer: null }
    side.log.error(
      { event: 'page.offer_unavailable', requestId: renderId(), slug, err: error },
      'a page is told from the declaration',
    )
    return { viewer: visitor.viewer, offer: declaredTold(question, visitor) ?? null }
  }
}

/** What is recorded of a session; `null` where there is no such session, `undefined` where nobody could be asked. */
export async function getCheckout(sessionId: string): Promise<CheckoutStatus | null | undefined> {
  if (!sessionIdSchema.safeParse(sessionId).success) return null
  const side = storefront()
  try {
    return await side.gateway.status(sessionId, { requestId: renderId() })
  } catch (error) {
    if (error instanceof CheckoutError && error.code === 'session_not_found') return null
    side.log.warn(
      { event: 'page.status_unavailable', requestId: renderId(), err: error },
      'a confirmation is told without its state',
    )
    return undefined
  }
}

export function storefrontSettings(): { demo: boolean; publishableKey?: string; signInUrl?: string } {
  const { settings } = storefront()
  return {
    demo: settings.WORKSHOP_DEMO === '1',
    ...(settings.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY && {
      publishableKey: settings.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY,
    }),
    ...(settings.EGGHEAD_AUTH_URL && { signInUrl: `${settings.EGGHEAD_AUTH_URL}/users/sign_in` }),
  }
}

/** What a page says for `?checkout_error=…`; whatever else stands there is not repeated. */
export const sentenceFor = (code: string): string =>
  errorCatalogue[isErrorCode(code) ? code : 'internal'].sentence
