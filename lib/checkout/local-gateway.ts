import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import type { ServerCheckoutIntent } from '@/lib/contract/schemas'
import type { Buyer, CheckoutResponse, CheckoutStatus } from '@/lib/contract/types'
import { asCheckoutError } from '@/lib/http/respond'
import { countFailure } from '@/lib/telemetry/metrics'
import { createCheckout } from './create'
import { atCurrentPrice } from './current-price'
import type { CommerceDeps } from './deps'
import type { CheckoutGateway } from './gateway'
import { readOffer } from './offer'
import { readStatus, takeTurnToAsk } from './status'

/** The commerce side gives up before its caller does. */
const BUDGET_MS = 5000

export type LocalDeps = CommerceDeps & {
  /** The one door for money, for a session whose webhook has not come. */
  fulfill: (sessionId: string) => Promise<unknown>
}

export function createLocalGateway(deps: () => LocalDeps): CheckoutGateway {
  return {
    create: (intent, buyer) =>
      told(deps(), intent, buyer, () =>
        withinBudget((tooLate) => createCheckout(deps(), intent, buyer, tooLate)),
      ),
    offer: (request, buyer, { countLookup }) =>
      withinBudget(async () => {
        const { catalogue } = deps()
        const product = request.productId
          ? await catalogue.byProduct(request.productId)
          : request.slug
            ? await catalogue.bySlug(request.slug)
            : null
        if (!product?.isForSale) throw new CheckoutError('product_not_found')
        const { couponCode, quantity } = request
        return atCurrentPrice(deps(), product, (current) =>
          readOffer(deps(), current, { couponCode, quantity, buyer, countLookup }),
        )
      }),
    status: (sessionId) => withinBudget(() => readStatus(deps(), sessionId)),
    confirm: (sessionId) => withinBudget(() => confirm(deps(), sessionId)),
  }
}

/** Says in log and metric that a checkout was asked for, and what it failed with; one that is made says so itself. */
async function told(
  { log }: LocalDeps,
  { productId, quantity, uiMode }: ServerCheckoutIntent,
  { variant }: Buyer,
  work: () => Promise<CheckoutResponse>,
): Promise<CheckoutResponse> {
  log.info({ event: 'checkout.requested', productId, quantity, ui: uiMode, variant }, 'checkout requested')
  try {
    return await work()
  } catch (error) {
    const { code, isSwitch } = asCheckoutError(error)
    if (!isSwitch) countFailure(code)
    log.info({ event: 'checkout.failed', productId, code, variant }, 'no checkout was made')
    throw error
  }
}

/** Still open here? Stripe is asked once; if it is paid, it is recorded, webhook or not. */
async function confirm(deps: LocalDeps, sessionId: string): Promise<CheckoutStatus> {
  if (await takeTurnToAsk(deps, sessionId)) {
    try {
      await deps.fulfill(sessionId)
    } catch (error) {
      deps.log.warn(
        { event: 'confirm.failed', sessionId, err: error },
        'could not ask Stripe about a session',
      )
    }
  }
  return readStatus(deps, sessionId)
}

async function withinBudget<T>(work: (tooLate: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const unavailable = new CheckoutError('unavailable')
      controller.abort(unavailable)
      // The work itself may have more to say, a payment link say; it has this turn to do so.
      setImmediate(() => reject(unavailable))
    }, BUDGET_MS)
  })
  const working = work(controller.signal)
  // After the deadline nobody listens any more.
  working.catch(() => undefined)
  try {
    return await Promise.race([working, deadline])
  } finally {
    clearTimeout(timer)
  }
}
