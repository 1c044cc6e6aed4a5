import 'server-only'
import { AsyncLocalStorage } from 'node:async_hooks'

/** What every log line of one request carries, wherever it is written. */
export type RequestContext = { requestId: string; checkoutId?: string }

const storage = new AsyncLocalStorage<RequestContext>()

export const withRequestContext = <T>(context: RequestContext, work: () => T): T => storage.run(context, work)

export const requestContext = (): RequestContext | undefined => storage.getStore()

/** From here on the request's lines name the checkout that they are about. */
export function nameCheckout(checkoutId: string): void {
  const context = storage.getStore()
  if (context) context.checkoutId = checkoutId
}
