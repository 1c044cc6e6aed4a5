import { useEffect, useRef, useState } from 'react'
import type { CheckoutRequest, Money } from '@/lib/contract/types'
import { tellHost } from '../host/tell-host'
import { chosenCode, isDoubted, select, selected, useSelection } from '../selection/selection'
import type { RegisterLabels } from './labels'
import { fallbackFor } from './payment-link'
import { type Answer, inTime, postCheckout, wait } from './post-checkout'
import type {
  Refusal,
  RegisterChange,
  RegisterDialog,
  RegisterErrorCode,
  RegisterOptions,
  RegisterState,
} from './register-props'
import { isBusy, isSaleOver } from './register-state'

const idle: RegisterState = { status: 'idle' }

/** What may be over once the visitor is connected again, or back, or a newer offer is known: then the next press tells. */
const recovered = (state: RegisterState) =>
  isSaleOver(state) || (state as Partial<Refusal>).code === 'offline' ? idle : state

/** Everything that `<RegisterButton>` does, without its looks. */
export function useRegister(
  options: RegisterOptions & { formatPrice: (price: Money) => string },
  labels: RegisterLabels,
) {
  const { workshop, quantity = 1, endpoint = '/api/workshop/checkout', ui, publishableKey } = options
  const selection = useSelection(workshop.slug)
  const offer = selection.offer ?? options.offer ?? undefined
  const couponCode = chosenCode(selection, options.couponCode)
  const [state, setState] = useState(idle)
  const form = useRef<HTMLFormElement>(null)
  /** The registration under way; one that has ended is aborted. */
  const run = useRef<AbortController>(null)
  /** By what was wished for. */
  const attempts = useRef<Record<string, string>>({})

  // Made once, so that what begins with the page can hold on to it.
  const [onReset] = useState(() => () => {
    run.current?.abort()
    setState(idle)
  })

  useEffect(() => {
    const unmount = new AbortController()
    const { signal } = unmount
    // The Back button brings a kept page back as it was left: in the middle of leaving.
    addEventListener('pageshow', (event) => event.persisted && onReset(), { signal })
    // What is chosen on the page may have changed because this very checkout was refused: that is left to be read.
    for (const news of ['online', 'focus', selected])
      addEventListener(news, () => (news === selected && isDoubted(workshop.slug)) || setState(recovered), {
        signal,
      })
    return () => {
      unmount.abort()
      onReset()
    }
  }, [workshop.slug, onReset])

  const fail = (
    code: RegisterErrorCode = 'unavailable',
    // The browser's own codes have words of ours.
    message = labels[code as 'offline'] ?? labels.unavailable,
    more?: Partial<Refusal>,
  ) => {
    setState({ status: 'error', code, message, ...more })
    tellHost(options.onError, code, message)
  }

  const requestFor = (change: RegisterChange): CheckoutRequest => {
    // There is a field for it where we know the viewer, and none elsewhere.
    const email: string | undefined = form.current?.email?.value.trim()
    const { couponCode: code = couponCode, ...how } = change
    const intent: CheckoutRequest = {
      productId: workshop.productId,
      ...(email && { email }),
      ...(code && { couponCode: code }),
      quantity,
      ...how,
      metadata: { workshopSlug: workshop.slug },
    }
    // A retry of the same wish is the same attempt, so that the server answers with the same session.
    const written = JSON.stringify(intent)
    const attemptId = attempts.current[written] ?? crypto.randomUUID?.()
    attempts.current[written] = attemptId
    return { ...intent, attemptId }
  }

  const leave = (url: string, told: ((url: string) => unknown) | undefined, signal: AbortSignal) => {
    if (tellHost(told, url) !== false) location.assign(url)
    // Still here after a while: Stripe's page did not open. Another press gets the same session.
    return wait(20_000, signal).then(onReset)
  }

  const redirect = (url: string, signal: AbortSignal) => {
    setState({ status: 'redirecting' })
    return leave(url, options.onRedirect, signal)
  }

  const fallBack = async ({ body }: Answer, request: CheckoutRequest, signal: AbortSignal) => {
    const target = fallbackFor(workshop, body.fallbackUrl ?? offer?.fallbackUrl, request, offer)
    if (!target) return fail(body.code, body.error)
    const { url, price } = target
    const there =
      price === undefined
        ? ''
        : price
          ? labels.fallbackPrice.replaceAll('{price}', () => options.formatPrice(price))
          : labels.fallbackPriceUnknown
    // The operator has visitors pay by link: nothing is wrong, and there is nothing to explain but another price.
    const calm = body.reason === 'rollout'
    if (calm && !there) return redirect(url, signal)
    const message = `${calm ? labels.note : labels.fallingBack} ${there}`
    const gone = new Promise<void>((onGo) => setState({ status: 'falling-back', url, message, onGo }))
    // Long enough to read why, or to hear it, and longer where there is a price to weigh. In either case the buyer can go at once, or
    // stay for as long as they like (WCAG 2.2.1).
    await Promise.race([gone, wait(there ? 10_000 : 6_000, signal)])
    return leave(url, options.onFallback, signal)
  }

  const conclude = async (
    request: CheckoutRequest,
    dialog: RegisterDialog | undefined,
    signal: AbortSignal,
  ): Promise<unknown> => {
    const slow = setTimeout(() => setState({ status: 'submitting', message: labels.slow }), 4_000)
    const answer = await postCheckout(endpoint, request, signal).finally(() => clearTimeout(slow))
    const { status, body } = answer
    const { clientSecret, checkoutUrl } = body
    if (clientSecret && dialog) return setState({ status: 'paying', clientSecret, dialog })
    if (checkoutUrl?.startsWith('http')) return redirect(checkoutUrl, signal)
    if (answer.interrupted) return fail('interrupted')
    if (status < 400 || status > 499) return fallBack(answer, request, signal)

    // Sold out or closed since the price was drawn.
    // biome-ignore lint/complexity/useDateNow: React's lint takes `Date.now()` for a part of rendering.
    if (status === 409) select(workshop.slug, { refusedAt: +new Date() })
    // Rare, so it is fetched when it happens. Without it the server's own sentence says what did.
    const refused = await inTime(import('./refused'), signal)
    if (await refused?.waitInLine(answer, labels, setState, signal, wait))
      return conclude(request, dialog, signal)
    fail(body.code, body.error, await refused?.refusalOf(body, request, signal, inTime))
  }

  /** Wanted soon: Stripe.js is fetched on intent, and a blocked one is no reason to lose a sale. */
  const warmUp = async (): Promise<RegisterDialog | undefined> =>
    ui === 'embedded' && publishableKey
      ? (await import('./embedded-checkout')).withStripe(publishableKey)
      : undefined
  const onIntent = () => void warmUp().catch(() => {})

  const checkout = async (change: RegisterChange, signal: AbortSignal) => {
    if (!navigator.onLine) return fail('offline')
    setState({ status: 'submitting' })
    const dialog = change.uiMode ? undefined : await inTime(warmUp(), signal)
    const request = requestFor(dialog ? { ...change, uiMode: 'embedded' } : change)
    tellHost(options.onStart, request)
    if (offer?.checkout !== 'payment-link' || !offer.fallbackUrl) return conclude(request, dialog, signal)
    // So that both flows are counted alike.
    navigator.sendBeacon(`${endpoint}?start`, workshop.productId)
    return redirect(offer.fallbackUrl, signal)
  }

  /** Starts a checkout, once: while one is under way, further calls do nothing. */
  const onRegister = async (change: RegisterChange = {}) => {
    if (run.current?.signal.aborted === false) return
    const controller = new AbortController()
    run.current = controller
    const { couponCode: code } = change
    // Chosen for the whole page: the price beside the button shows it too.
    if (code !== undefined) select(workshop.slug, { couponCode: code })
    const { signal } = controller
    return checkout(change, signal)
      .catch((error) => {
        if (signal.aborted) return
        // A mistake of ours, or of a `formatPrice`: the buyer is told what can be done, the console what it was.
        fail()
        throw error
      })
      .finally(() => controller.abort())
  }

  const sale = offer?.sale ?? 'open'
  const shown: RegisterState = sale === 'open' || isBusy(state) ? state : { status: sale, message: undefined }
  return { form, state: shown, offer, couponCode, quantity, endpoint, onRegister, onReset, onIntent }
}
