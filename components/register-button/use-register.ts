import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { CheckoutRequest, ErrorBody, Offer, Viewer, Workshop } from '@/lib/contract/types'
import { chosenCode, select, useSelection } from '../selection/selection'
import type { RegisterLabels } from './labels'
import { fallbackFor, otherPrice } from './payment-link'
import { type Answer, postCheckout, wait } from './post-checkout'
import { isBusy, type RegisterChange, type RegisterErrorCode, type RegisterState } from './register-state'

export type RegisterOptions = {
  workshop: Workshop
  viewer?: Viewer | null | undefined
  offer?: Offer | null | undefined
  couponCode?: string | undefined
  quantity?: number | undefined
  endpoint?: string | undefined
  ui?: 'redirect' | 'embedded' | undefined
  publishableKey?: string | undefined
  /** Called once per registration, before anything is sent. */
  onStart?: ((request: CheckoutRequest) => void) | undefined
  /** Called before the page leaves for Stripe. Return `false` to navigate yourself. */
  onRedirect?: ((url: string) => unknown) | undefined
  /** Called before the page leaves for the payment link. Return `false` to navigate yourself. */
  onFallback?: ((url: string) => unknown) | undefined
  /** Called with the code and the sentence that the buyer reads. */
  onError?: ((code: RegisterErrorCode, message: string) => void) | undefined
}

const idle: RegisterState = { status: 'idle' }
const saleStates: Record<string, 'sold-out' | 'closed' | 'not-open'> = {
  sold_out: 'sold-out',
  sale_closed: 'closed',
  sale_not_open: 'not-open',
}

/** Everything that `<RegisterButton>` does, without its looks. */
export function useRegister(
  form: RefObject<HTMLFormElement | null>,
  options: RegisterOptions,
  labels: RegisterLabels,
) {
  const { workshop, endpoint = '/api/workshop/checkout', onError } = options
  const selection = useSelection(workshop.slug)
  const offer = selection.offer ?? options.offer ?? undefined
  const couponCode = chosenCode(selection, options.couponCode)
  const [state, setState] = useState<RegisterState>(idle)
  const run = useRef<AbortController>(undefined)
  const attempt = useRef<{ intent: string; id: string | undefined }>(undefined)

  const reset = useCallback(() => {
    run.current?.abort()
    run.current = undefined
    setState(idle)
  }, [])

  useEffect(() => {
    // The Back button brings a kept page back as it was left: in the middle of leaving.
    const restore = (event: PageTransitionEvent) => event.persisted && reset()
    const online = () => setState((now) => (now.status === 'error' && now.code === 'offline' ? idle : now))
    addEventListener('pageshow', restore)
    addEventListener('online', online)
    return () => {
      removeEventListener('pageshow', restore)
      removeEventListener('online', online)
      run.current?.abort()
      run.current = undefined
    }
  }, [reset])

  const fail = (code: RegisterErrorCode, message: string, couponCode?: string) => {
    setState({ status: 'error', code, message, couponCode })
    onError?.(code, message)
  }

  const requestFor = (change: RegisterChange): CheckoutRequest => {
    const typed = form.current && new FormData(form.current).get('email')
    const email = (typeof typed === 'string' ? typed : options.viewer?.email)?.trim()
    const code = change.couponCode === undefined ? couponCode : change.couponCode
    const intent: CheckoutRequest = {
      productId: workshop.productId,
      ...(email && { email }),
      ...(code && { couponCode: code }),
      quantity: options.quantity ?? 1,
      uiMode: change.uiMode ?? 'hosted',
      allowDuplicate: change.allowDuplicate ?? false,
      metadata: { name: workshop.title, workshopSlug: workshop.slug },
    }
    const written = JSON.stringify(intent)
    // A retry of the same wish is the same attempt, so that the server answers with the same session.
    if (attempt.current?.intent !== written)
      attempt.current = { intent: written, id: globalThis.crypto?.randomUUID?.() }
    const { id } = attempt.current
    return id ? { ...intent, attemptId: id } : intent
  }

  const leave = async (url: string, told: ((url: string) => unknown) | undefined, signal: AbortSignal) => {
    if (told?.(url) !== false) location.assign(url)
    // Still here after a while: Stripe's page did not open. Another press gets the same session.
    await wait(20_000, signal)
    reset()
  }

  const fallBack = async (body: Partial<ErrorBody>, request: CheckoutRequest, signal: AbortSignal) => {
    const url = fallbackFor(workshop, {
      fallbackUrl: body.fallbackUrl ?? offer?.fallbackUrl,
      email: request.email,
      typedCode: request.couponCode,
    })
    if (!url) return fail(body.code ?? 'unavailable', body.error ?? labels.unavailable)
    const price = otherPrice(url, offer)
    setState({ status: 'falling-back', url, price })
    // Long enough to read why, and longer where it costs more.
    await wait(price === undefined ? 3_000 : 6_000, signal)
    return leave(url, options.onFallback, signal)
  }

  const refuse = (body: Partial<ErrorBody>, request: CheckoutRequest) => {
    const { code = 'invalid_request', error: message = labels.unavailable } = body
    const sale = saleStates[code]
    if (sale) {
      setState({ status: sale })
      onError?.(code, message)
    } else if (code === 'already_purchased') {
      setState({ status: 'already-registered', message, confirmationUrl: body.confirmationUrl })
      onError?.(code, message)
    } else fail(code, message, request.couponCode)
  }

  const ask = async (request: CheckoutRequest, signal: AbortSignal): Promise<Answer> => {
    const post = async () => {
      setState({ status: 'submitting', slow: false })
      const slow = setTimeout(() => setState({ status: 'submitting', slow: true }), 4_000)
      try {
        return await postCheckout(endpoint, request, signal)
      } finally {
        clearTimeout(slow)
      }
    }
    const answer = await post()
    if (answer.kind !== 'refused' || answer.body.code !== 'rate_limited') return answer
    const seconds = Math.min(answer.retryAfter, 10)
    for (let retryIn = seconds; retryIn > 0; retryIn--) {
      setState({ status: 'submitting', slow: false, retryIn })
      await wait(1_000, signal)
    }
    return post()
  }

  /** Whether Stripe's page can open in place: a blocked Stripe.js is no reason to lose a sale. */
  const embeddedReady = async (signal: AbortSignal) => {
    const key = options.ui === 'embedded' && options.publishableKey
    if (!key) return false
    setState({ status: 'submitting', slow: false })
    const loaded = import('./embedded-checkout').then(({ loadStripeOnce }) => loadStripeOnce(key))
    return Promise.race([loaded, wait(5_000, signal)]).then(Boolean, () => signal.throwIfAborted())
  }

  const checkout = async (change: RegisterChange, signal: AbortSignal) => {
    if (!navigator.onLine) return fail('offline', labels.offline)
    const uiMode = change.uiMode ?? ((await embeddedReady(signal)) ? 'embedded' : 'hosted')
    const request = requestFor({ ...change, uiMode })
    options.onStart?.(request)
    if (offer?.checkout === 'payment-link' && offer.fallbackUrl) {
      setState({ status: 'redirecting' })
      return leave(offer.fallbackUrl, options.onRedirect, signal)
    }
    const answer = await ask(request, signal)
    switch (answer.kind) {
      case 'hosted':
        setState({ status: 'redirecting' })
        return leave(answer.url, options.onRedirect, signal)
      case 'embedded':
        return setState({ status: 'paying', clientSecret: answer.clientSecret })
      case 'interrupted':
        return fail('interrupted', labels.interrupted)
      case 'failed':
        return fallBack(answer.body, request, signal)
      case 'refused':
        return refuse(answer.body, request)
    }
  }

  /** Starts a checkout, once: while one is under way, further calls do nothing. */
  const register = async (change: RegisterChange = {}) => {
    if (run.current) return
    const controller = new AbortController()
    run.current = controller
    if (change.couponCode !== undefined) select(workshop.slug, { couponCode: change.couponCode })
    try {
      await checkout(change, controller.signal)
    } catch (error) {
      if (!controller.signal.aborted) throw error
    } finally {
      if (run.current === controller) run.current = undefined
    }
  }

  const sale = offer && offer.sale !== 'open' ? offer.sale : undefined
  const shown: RegisterState = sale && !isBusy(state) ? { status: sale } : state
  return { state: shown, offer, couponCode, register, reset }
}
