import { formatMoney } from '../money'
import type { Sandbox } from '../sandbox'
import type { WireCharge, WireSession } from '../wire'
import { SANDBOX_NOTE } from './checkout-page'
import { type Html, html, pageOf } from './html'

function notice(title: string, text: string, actions: Html | false, testId: string): string {
  const body = html`${SANDBOX_NOTE}<main class="closed" data-testid="${testId}"><h1>${title}</h1><p>${text}</p>${actions && html`<div class="row">${actions}</div>`}</main>`
  return pageOf(title, body)
}

const link = (href: string, text: string, testId: string) =>
  html`<a class="button" href="${href}" data-testid="${testId}">${text}</a>`

/** `{CHECKOUT_SESSION_ID}` is replaced where it stands as it is; an encoded one stays, as at Stripe. */
export const withSessionId = (url: string, id: string) => url.replaceAll('{CHECKOUT_SESSION_ID}', id)

/** A session that is over: nothing more can be paid here. */
export function closedPage(sandbox: Sandbox, session: WireSession): string {
  const home = sandbox.appUrl
  if (session.status === 'complete') {
    const target = session.success_url ?? session.return_url
    const next = target ? withSessionId(target, session.id) : home
    return notice(
      'This order is complete',
      'The payment for it has been made. Nothing more will be charged here.',
      next !== undefined && link(next, 'See your order', 'hosted-continue'),
      'hosted-complete',
    )
  }
  const back = session.cancel_url ?? home
  return notice(
    'This checkout page has expired',
    'Nothing was charged. Go back to the shop to start a new checkout.',
    back !== undefined && link(back, 'Back to the shop', 'hosted-back'),
    'hosted-expired',
  )
}

/** Where Stripe thanks a buyer itself: a payment link without a redirect. */
export function confirmationPage(session: WireSession): string {
  const unpaid = session.payment_status === 'unpaid'
  return notice(
    unpaid ? 'Your payment is being processed' : 'Thanks for your payment',
    unpaid
      ? `Your bank is still working on it. ${session.customer_details?.email ?? 'You'} will hear when it is through.`
      : `A payment of ${formatMoney(session.amount_total ?? 0, session.currency ?? 'usd')} was made. A receipt goes to ${session.customer_details?.email ?? 'you'}.`,
    false,
    'hosted-confirmation',
  )
}

export function unknownPage(): string {
  return notice(
    'There is nothing here',
    'The link is incomplete, or what it led to is gone.',
    false,
    'hosted-unknown',
  )
}

export function inactiveLinkPage(message: string | null): string {
  return notice(
    'This link is no longer active',
    message ?? 'Nothing can be bought through it any more.',
    false,
    'hosted-inactive',
  )
}

/** The bank's question, in place of a real 3-D Secure page. */
export function challengePage(session: WireSession, embedded: boolean): string {
  const amount = formatMoney(session.amount_total ?? 0, session.currency ?? 'usd')
  const action = `/c/pay/${session.id}/authenticate${embedded ? '?embedded=1' : ''}`
  const body = html`${SANDBOX_NOTE}<main class="closed" data-testid="hosted-challenge"><h1>Confirm it is you</h1>
<p>Your bank asks you to approve a payment of ${amount}. This stands in for its 3-D Secure page.</p>
<form method="post" action="${action}"><div class="row"><button name="answer" value="complete" data-testid="hosted-3ds-complete">Complete</button>
<button class="quiet" name="answer" value="fail" data-testid="hosted-3ds-fail">Fail</button></div></form></main>`
  return pageOf('3-D Secure', body)
}

export function receiptPage(charge: WireCharge): string {
  const amount = formatMoney(charge.amount, charge.currency)
  const refunded =
    charge.amount_refunded > 0 &&
    ` ${formatMoney(charge.amount_refunded, charge.currency)} has been refunded.`
  return notice(
    `Receipt for ${amount}`,
    `Paid by ${charge.billing_details.name ?? ''} on ${new Date(charge.created * 1000).toUTCString()}.${refunded || ''}`,
    false,
    'hosted-receipt',
  )
}

/** Inside a frame: tells the page around it, and moves the top window on where no script listens. */
export function leaveFramePage(target: string | null): string {
  const body = html`<main class="closed"><h1>Your order is complete</h1>${
    target !== null && html`<p><a class="button" target="_top" href="${target}">Continue</a></p>`
  }</main>`
  const message = JSON.stringify({ type: 'stripe-sandbox:complete', returnUrl: target }).replaceAll(
    '<',
    '\\u003c',
  )
  return pageOf('Order complete', body, {
    script: `const m=${message};parent.postMessage(m,'*');if(m.returnUrl){try{top.location.href=m.returnUrl}catch{location.href=m.returnUrl}}`,
  })
}
