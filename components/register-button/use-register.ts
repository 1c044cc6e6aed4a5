import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { CheckoutRequest } from '@/lib/contract/types'
import { chosenCode, select, useSelection } from '../selection/selection'
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
import { isBusy } from './register-state'

const idle: RegisterState = { status: 'idle' }
const submitting = { status: 'submitting' } as const

/** Everything that `<RegisterButton>` does, without its looks. */
export function useRegister(
  form: RefObject<HTMLFormElement | null>,
  options: RegisterOptions,
  labels: RegisterLabels,
) {
  const { workshop, quantity = 1, endpoint = '/api/workshop/checkout', ui, publishableKey } = options
  const selection = useSelection(workshop.slug)
  const offer = selection.offer ?? options.offer ?? undefined
  const couponCode = chosenCode(selection, options.couponCode)
  const [state, setState] = useState(idle)
  /** The registration under way; one that has ended is aborted. */
  const run = useRef<AbortController>(undefined)
  const attempt = useRef<{ intent: string; id: string }>(undefined)

  const onReset = useCallback(() => {
    run.current?.abort()
    setState(idle)
  }, [])

  useEffect(() => {
    const unmount = new AbortController()
    const { signal } = unmount
    // The Back button brings a kept page back as it was left: in the middle of leaving.
    addEventListener('pageshow', (event) => event.persisted && onReset(), { signal })
    addEventListener(
      'online',
      () => setState((now) => ('code' in now && now.code === 'offline' ? idle : now)),
      { signal },
    )
    return () => {
      unmount.abort()
      onReset()
    }
  }, [onReset])

  const fail = (
    code: RegisterErrorCode = 'unavailable',
    message = labels.unavailable,
    more?: Partial<Refusal>,
  ) => {
    setState({ status: 'error', code, message, ...more })
    options.onError?.(code, message)
  }

  const requestFor = (change: RegisterChange): CheckoutRequest => {
    // There is a field for it where we know the viewer, and none elsewhere.
    const email = String(new FormData(form.current ?? undefined).get('email') ?? '').trim()
    const { couponCode: code = couponCode, ...how } = change
    const intent: CheckoutRequest = {
      productId: workshop.productId,
      ...(email && { email }),
      ...(code && { couponCode: code }),
      quantity,
      ...how,
      metadata: { name: workshop.title, workshopSlug: workshop.slug },
    }
    const written = JSON.stringify(intent)
    // A retry of the same wish is the same attempt, so that the server answers with the same session.
    if (attempt.current?.intent !== written) attempt.current = { intent: written, id: crypto.randomUUID?.() }
    return { ...intent, attemptId: attempt.current.id }
  }

  const leave = (url: string, told: ((url: string) => unknown) | undefined, signal: AbortSignal) => {
    if (told?.(url) !== false) location.assign(url)
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
    setState({ status: 'falling-back', ...target })
    // Long enough to read why, and longer where it costs more.
    await wait(target.price === undefined ? 3_000 : 6_000, signal)
    return leave(target.url, options.onFallback, signal)
  }

  const conclude = async (
    request: CheckoutRequest,
    dialog: RegisterDialog | undefined,
    signal: AbortSignal,
  ): Promise<unknown> => {
    const slow = setTimeout(() => setState({ ...submitting, message: labels.slow }), 4_000)
    const answer = await postCheckout(endpoint, request, signal).finally(() => clearTimeout(slow))
    const { status, body } = answer
    const { clientSecret, checkoutUrl } = body
    if (clientSecret && dialog) return setState({ status: 'paying', clientSecret, dialog })
    if (checkoutUrl?.startsWith('http')) return redirect(checkoutUrl, signal)
    if (answer.interrupted) return fail('interrupted', labels.interrupted)
    if (status < 400 || status > 499) return fallBack(answer, request, signal)

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
    if (!navigator.onLine) return fail('offline', labels.offline)
    setState(submitting)
    const dialog = change.uiMode ? undefined : await inTime(warmUp(), signal)
    const request = requestFor(dialog ? { ...change, uiMode: 'embedded' } : change)
    options.onStart?.(request)
    if (offer?.checkout === 'payment-link' && offer.fallbackUrl) {
      // So that both flows are counted alike.
      navigator.sendBeacon(`${endpoint}?start`, workshop.productId)
      return redirect(offer.fallbackUrl, signal)
    }

    return conclude(request, dialog, signal)
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
        // A callback of the host's threw: that is told, and the button is not left waiting.
        onReset()
        throw error
      })
      .finally(() => controller.abort())
  }

  const sale = offer?.sale ?? 'open'
  const shown: RegisterState = sale === 'open' || isBusy(state) ? state : { status: sale, message: undefined }
  return { state: shown, offer, couponCode, quantity, endpoint, onRegister, onReset, onIntent }
}
