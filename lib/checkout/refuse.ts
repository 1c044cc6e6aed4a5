import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import { saleSentence } from '@/lib/pricing/sale'
import { fromStripeError } from '@/lib/stripe/client'
import type { CatalogueProduct } from './catalogue'
import type { CommerceDeps } from './deps'
import { explainRefusal, type NewHold, SEATS_PER_VISITOR, seatsPerAddress } from './hold'
import { releaseOwnHolds } from './release'
import { confirmationUrl } from './session-params'

const RETRY_SECONDS = 60

/**
 * A hold was refused: says why, or frees the visitor's own earlier session and returns, so that it can be tried once more.
 *
 * @throws CheckoutError `already_purchased`, `rate_limited`, `sold_out` or `product_not_found`
 */
export async function refuse(
  deps: CommerceDeps,
  product: CatalogueProduct,
  hold: NewHold,
  mayRelease: boolean,
): Promise<void> {
  const why = await explainRefusal(deps.db, hold)
  if (!why) throw new CheckoutError('product_not_found')
  if (why.bought) throw alreadyPurchased(deps, product, hold, why.boughtSession, why.boughtAt)
  if (mayRelease && (await released(deps, hold))) return
  if (why.seatsLeft >= hold.quantity && (why.ownSeats > 0 || why.addressSeats > 0)) {
    const most =
      why.ownSeats + hold.quantity > SEATS_PER_VISITOR ? SEATS_PER_VISITOR : seatsPerAddress(why.capacity)
    throw new CheckoutError('rate_limited', {
      message: `Up to ${most} seats can be held at once from one place. Finish or leave the checkout that is open, then try again.`,
      details: { retryAfter: RETRY_SECONDS },
    })
  }
  const left = Math.max(0, why.seatsLeft)
  const message =
    left === 0
      ? saleSentence({ state: 'sold-out' }, product.workshop.timeZone, why.capacity)
      : `${left === 1 ? 'Only 1 seat is' : `Only ${left} seats are`} left, and you asked for ${hold.quantity}. ` +
        `Nothing was charged; choose ${left === 1 ? 'one seat' : `${left} or fewer`}, then try again.`
  throw new CheckoutError('sold_out', { message })
}

async function released(deps: CommerceDeps, hold: NewHold): Promise<boolean> {
  try {
    return await releaseOwnHolds(deps, hold)
  } catch (error) {
    throw fromStripeError(error)
  }
}

function alreadyPurchased(
  deps: CommerceDeps,
  product: CatalogueProduct,
  hold: NewHold,
  sessionId: string | null,
  boughtAt: Date | null,
): CheckoutError {
  const when = boughtAt?.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    timeZone: product.workshop.timeZone,
  })
  const message = `You already have a seat: ${hold.refuseIfBought}${when ? `, bought on ${when}` : ''}. See your registration, or buy another seat.`
  const details = sessionId
    ? { confirmationUrl: confirmationUrl(deps.appUrl, product.workshop.slug, sessionId) }
    : {}
  return new CheckoutError('already_purchased', { message, details })
}
