import 'server-only'
import { AsyncLocalStorage } from 'node:async_hooks'

/** What every log line of one request carries, wherever it is written. */
export type RequestContext = { requestId: string; checkoutId?: string; checkoutRequestId?: string }

const storage = new AsyncLocalStorage<RequestContext>()

export const withRequestContext = <T>(context: RequestContext, work: () => T): T => storage.run(context, work)

export const requestContext = (): RequestContext | undefined => storage.getStore()

/**
 * From here on the request's lines and spans name the checkout that they are about, and, where that was begun by another request, that
 * one: a webhook is found by the id that the browser was answered.
 */
export function nameCheckout(checkoutId: string, checkoutRequestId?: string): void {
  const context = storage.getStore()
  if (!context) return
  context.checkoutId = checkoutId
  if (checkoutRequestId && checkoutRequestId !== context.requestId)
    context.checkoutRequestId = checkoutRequestId
}
