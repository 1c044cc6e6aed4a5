import type { EmulatorContext } from 'emulate'
import { accountRoutes } from './account'
import { answerApi, type Route } from './api'
import { chargeRoutes } from './charges'
import { checkoutSessionRoutes } from './checkout-sessions'
import type { Control } from './control'
import { answerControl } from './control-http'
import { couponRoutes } from './coupons'
import { customerRoutes } from './customers'
import { disputeRoutes } from './disputes'
import { eventRoutes } from './events'
import { fontResponse } from './hosted/font'
import { homePage, objectPage } from './hosted/home'
import { htmlResponse } from './hosted/html'
import { showLink } from './hosted/link'
import { unknownPage } from './hosted/notices'
import * as pages from './hosted/routes'
import { cut } from './http'
import { paymentIntentRoutes } from './payment-intents'
import { paymentLinkRoutes } from './payment-links'
import { priceRoutes } from './prices'
import { productRoutes } from './products'
import { promotionCodeRoutes } from './promotion-codes'
import { refundRoutes } from './refunds'
import type { Sandbox } from './sandbox'
import type { State } from './state'
import { subscriptionRoutes } from './subscriptions'
import { webhookEndpointRoutes } from './webhook-endpoints'

type App = EmulatorContext<State>['app']

const API: Route[] = [
  ...accountRoutes,
  ...chargeRoutes,
  ...checkoutSessionRoutes,
  ...couponRoutes,
  ...customerRoutes,
  ...disputeRoutes,
  ...eventRoutes,
  ...paymentIntentRoutes,
  ...paymentLinkRoutes,
  ...priceRoutes,
  ...productRoutes,
  ...promotionCodeRoutes,
  ...refundRoutes,
  ...subscriptionRoutes,
  ...webhookEndpointRoutes,
]

const PAGES: ['GET' | 'POST', string, pages.PageHandler][] = [
  ['GET', '/c/pay/:id', pages.showCheckout],
  ['POST', '/c/pay/:id', pages.submitCheckout],
  ['POST', '/c/pay/:id/promotion', pages.submitPromotion],
  ['GET', '/c/pay/:id/authenticate', pages.showChallenge],
  ['POST', '/c/pay/:id/authenticate', pages.submitChallenge],
  ['GET', '/c/pay/:id/thanks', pages.showThanks],
  ['GET', '/v3-embedded/:id', pages.showEmbedded],
  ['GET', '/receipts/:id', pages.showReceipt],
  ['GET', '/b/:id', showLink],
  ['GET', '/pl/:id', showLink],
]

/** Binds everything that the sandbox answers to. */
export function bind(app: App, sandbox: Sandbox, control: Control): void {
  const api = async (route: Route | null, id: string, request: Request) => {
    const answer = await answerApi(sandbox, route, id, request)
    return answer === 'cut' ? cut() : answer
  }
  for (const route of API)
    app.on(route.method, route.path, (c) => api(route, c.req.param('id') ?? '', c.req.raw))
  for (const [method, path, handle] of PAGES)
    app.on(method, path, async (c) => {
      try {
        return await handle(sandbox, c.req.param('id'), c.req.raw)
      } catch (error) {
        sandbox.log(`stripe sandbox: ${error instanceof Error ? error.stack : String(error)}`)
        return pages.pageFailure(error)
      }
    })
  app.get('/', () => htmlResponse(homePage(sandbox)))
  app.get('/fonts/source-serif-4.woff2', fontResponse)
  app.get('/object/:id', (c) => {
    const page = objectPage(sandbox, c.req.param('id'))
    return htmlResponse(page ?? unknownPage(), page === null ? 404 : 200)
  })
  app.notFound((c) => {
    const { pathname } = new URL(c.req.raw.url)
    if (pathname.startsWith('/v1/')) return api(null, '', c.req.raw)
    if (pathname.startsWith('/_sandbox')) return answerControl(control, sandbox, c.req.raw)
    return htmlResponse(unknownPage(), 404)
  })
}
