import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { CheckoutRequest } from '@/lib/contract/types'
import { chosenCode, select, useSelection } from '../selection/selection'
import type { RegisterLabels } from './labels'
import { fallbackFor, otherPrice } from './payment-link'
import { type Answer, postCheckout, wait } from './post-checkout'
import type { RegisterOptions } from './register-props'
import { isBusy, type RegisterChange, type RegisterErrorCode, type RegisterState } from './register-state'

const idle: RegisterState = { status: 'idle' }
const sales: Record<string, 'sold-out' | 'closed' | 'not-open'> = {
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
  const { workshop, endpoint = '/api/workshop/checkout', ui, publishableKey } = options
  const selection = useSelection(workshop.slug)
  const offer = selection.offer ?? options.offer ?? undefined
  const couponCode = chosenCode(selection, options.couponCode)
  const [state, setState] = useState(idle)
  const run = useRef<AbortController>(undefined)
  const attempt = useRef<{ intent: string; id: string | undefined }>(undefined)

  const onReset = useCallback(() => {
    run.current?.abort()
    run.current = undefined
    setState(idle)
  }, [])

  useEffect(() => {
    // The Back button brings a kept page back as it was left: in the middle of leaving.
    const restore = (event: PageTransitionEvent) => event.persisted && onReset()
    const online = () => setState((now) => (now.status === 'error' && now.code === 'offline' ? idle : now))
    addEventListener('pageshow', restore)
    addEventListener('online', online)
    return () => {
      removeEventListener('pageshow', restore)
      removeEventListener('online', online)
      run.current?.abort()
      run.current = undefined
    }
  }, [onReset])

  const tell = (next: RegisterState, code: RegisterErrorCode, message: string) => {
    setState(next)
    options.onError?.(code, message)
  }
  const fail = (code: RegisterErrorCode, message: string, couponCode?: string) =>
    tell({ status: 'error', code, message, couponCode }, code, message)

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
    onReset()
  }

  const fallBack = async ({ body }: Answer, request: CheckoutRequest, signal: AbortSignal) => {
    const url = fallbackFor(workshop, body.fallbackUrl ?? offer?.fallbackUrl, request)
    if (!url) return fail(body.code ?? 'unavailable', body.error ?? labels.unavailable)
    const price = otherPrice(url, offer)
    setState({ status: 'falling-back', url, price })
    // Long enough to read why, and longer where it costs more.
    await wait(price === undefined ? 3_000 : 6_000, signal)
    return leave(url, options.onFallback, signal)
  }

  const refuse = ({ body }: Answer, request: CheckoutRequest) => {
    const { code = 'invalid_request', error: message = labels.unavailable, confirmationUrl } = body
    const sale = sales[code]
    if (sale) tell({ status: sale }, code, message)
    else if (code === 'already_purchased')
      tell({ status: 'already-registered', message, confirmationUrl }, code, message)
    else fail(code, message, request.couponCode)
  }

  const ask = async (request: CheckoutRequest, signal: AbortSignal, mayWait = true): Promise<Answer> => {
    setState({ status: 'submitting', slow: false })
    const slow = setTimeout(() => setState({ status: 'submitting', slow: true }), 4_000)
    const answer = await postCheckout(endpoint, request, signal).finally(() => clearTimeout(slow))
    if (!mayWait || answer.body.code !== 'rate_limited') return answer
    for (let retryIn = Math.min(answer.retryAfter ?? 2, 10); retryIn > 0; retryIn--) {
      setState({ status: 'submitting', slow: false, retryIn })
      await wait(1_000, signal)
    }
    return ask(request, signal, false)
  }

  /** Wanted soon: Stripe.js is fetched on intent, and a blocked one is no reason to lose a sale. */
  const warmUp = async (): Promise<boolean> => {
    if (ui !== 'embedded' || !publishableKey) return false
    const { loadStripeOnce } = await import('./embedded-checkout')
    await loadStripeOnce(publishableKey)
    return true
  }
  const onIntent = () => void warmUp().catch(() => {})

  const checkout = async (change: RegisterChange, signal: AbortSignal) => {
    if (!navigator.onLine) return fail('offline', labels.offline)
    setState({ status: 'submitting', slow: false })
    const embedded =
      !change.uiMode &&
      (await Promise.race([warmUp(), wait(5_000, signal)]).catch(() => signal.throwIfAborted()))
    const request = requestFor(embedded ? { ...change, uiMode: 'embedded' } : change)
    options.onStart?.(request)
    if (offer?.checkout === 'payment-link' && offer.fallbackUrl) {
      setState({ status: 'redirecting' })
      return leave(offer.fallbackUrl, options.onRedirect, signal)
    }
    const answer = await ask(request, signal)
    const { status, body } = answer
    if (status === 200 && body.clientSecret)
      return setState({ status: 'paying', clientSecret: body.clientSecret })
    if (status === 200 && body.checkoutUrl?.startsWith('http')) {
      setState({ status: 'redirecting' })
      return leave(body.checkoutUrl, options.onRedirect, signal)
    }
    if (answer.interrupted) return fail('interrupted', labels.interrupted)
    return status > 399 && status < 500 ? refuse(answer, request) : fallBack(answer, request, signal)
  }

  /** Starts a checkout, once: while one is under way, further calls do nothing. */
  const onRegister = async (change: RegisterChange = {}) => {
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
  return { state: shown, offer, couponCode, onRegister, onReset, onIntent }
}
