import { newestFirst } from '../lists'
import { formatMoney } from '../money'
import type { Sandbox } from '../sandbox'
import type { WireSession } from '../wire'
import { type Html, html, pageOf } from './html'

const SHOWN = 25

const time = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
const short = (id: string) => `${id.slice(0, 18)}…`

function table(label: string, heads: string[], rows: Html[], empty: string): Html {
  if (rows.length === 0) return html`<p class="hint">${empty}</p>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}

function button(path: string, text: string, fields: Record<string, string> = {}): Html {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`<form method="post" action="/_sandbox/${path}">${inputs}<button class="link">${text}</button></form>`
}

/** What can be done to a session now. */
function actions(session: WireSession): Html[] {
  const { id, status, payment_status, url } = session
  if (status === 'open')
    return [html`${url && html`<a href="${url}">Open page</a> `}`, button(`sessions/${id}/expire`, 'Expire')]
  if (status !== 'complete' || payment_status === 'no_payment_required') return []
  if (payment_status === 'paid')
    return [button('refunds', 'Refund', { session: id }), button('disputes', 'Dispute', { session: id })]
  return [
    button(`sessions/${id}/settle`, 'Money arrives', { ok: 'true' }),
    button(`sessions/${id}/settle`, 'It fails', { ok: 'false' }),
  ]
}

function sessions(sandbox: Sandbox): Html {
  const rows = newestFirst(sandbox.state.sessions)
    .slice(0, SHOWN)
    .map(
      (session) => html`<tr><td>${time(session.created)}</td>
<td><a href="/object/${session.id}"><code>${short(session.id)}</code></a></td>
<td>${session.customer_details?.email ?? ''}</td><td class="num">${formatMoney(session.amount_total ?? 0, session.currency ?? 'usd')}</td>
<td>${session.status}, ${session.payment_status.replaceAll('_', ' ')}</td><td>${actions(session)}</td></tr>`,
    )
  return table(
    'Checkout sessions',
    ['Made (UTC)', 'Session', 'E-mail', 'Total', 'State', 'Actions'],
    rows,
    'No checkout session yet.',
  )
}

function deliveriesOf(sandbox: Sandbox, event: string): Html[] {
  return sandbox.state.deliveries
    .filter((delivery) => delivery.event === event)
    .map((delivery) => {
      const good = delivery.status === 'delivered'
      const tries = delivery.attempts.map((attempt) => attempt.status ?? attempt.error).join(', ')
      return html`<div class="${good ? 'state-good' : 'state-bad'}">${delivery.status}${tries && ` (${tries})`}</div>`
    })
}

const resend = (id: string) => button(`events/${id}/resend`, 'Send again')

function events(sandbox: Sandbox): Html {
  const rows = newestFirst(sandbox.state.events)
    .slice(0, SHOWN * 2)
    .map(
      (event) => html`<tr><td>${time(event.created)}</td><td>${event.type}</td>
<td><a href="/object/${event.id}"><code>${short(event.id)}</code></a></td><td>${deliveriesOf(sandbox, event.id)}</td>
<td>${event.pending_webhooks + deliveriesOf(sandbox, event.id).length > 0 && resend(event.id)}</td></tr>`,
    )
  return table('Events', ['When (UTC)', 'Type', 'Event', 'Deliveries', 'Actions'], rows, 'No event yet.')
}

function links(sandbox: Sandbox): Html {
  const rows = Object.values(sandbox.state.paymentLinks).map(
    (link) =>
      html`<tr><td><a href="/object/${link.id}"><code>${short(link.id)}</code></a></td><td>${link.active ? 'active' : 'inactive'}</td><td><a href="${link.url}">${link.url}</a></td></tr>`,
  )
  return table('Payment links', ['Link', 'State', 'Address'], rows, 'No payment link yet.')
}

function catalogue(sandbox: Sandbox): Html {
  const { prices, products, promotionCodes } = sandbox.state
  const rows = [
    ...Object.values(prices).map(
      (price) =>
        html`<tr><td>Price</td><td><a href="/object/${price.id}"><code>${price.id}</code></a></td><td>${products[price.product]?.name}, ${formatMoney(price.unit_amount ?? 0, price.currency)}${!price.active && ', inactive'}</td></tr>`,
    ),
    ...Object.values(promotionCodes).map(
      (code) =>
        html`<tr><td>Code</td><td><a href="/object/${code.id}"><code>${code.id}</code></a></td><td>${code.code}, used ${code.times_redeemed}${code.times_redeemed === 1 ? ' time' : ' times'}${!code.active && ', inactive'}</td></tr>`,
    ),
    ...Object.values(sandbox.state.webhookEndpoints).map(
      (endpoint) =>
        html`<tr><td>Webhook</td><td><a href="/object/${endpoint.id}"><code>${endpoint.id}</code></a></td><td>${endpoint.url}</td></tr>`,
    ),
  ]
  return table('Catalogue and webhooks', ['Kind', 'Id', 'What'], rows, 'Nothing yet.')
}

/** What is inside, for a person who wants to see. */
export function homePage(sandbox: Sandbox): string {
  const body = html`<aside class="note" aria-label="Note">Stripe sandbox: no real card is charged</aside><main class="sheet">
<header><h1>Stripe sandbox</h1><p class="hint">Point the Stripe SDK at <code>${sandbox.baseUrl}</code> with any key that begins with <code>sk_test_</code>.
Controls are at <a href="/_sandbox/"><code>/_sandbox/…</code></a>; see also <a href="/_sandbox/requests">requests</a>, <a href="/_sandbox/deliveries">deliveries</a>, <a href="/_sandbox/faults">faults</a>.</p></header>
<section><h2>Checkout sessions</h2>${sessions(sandbox)}</section>
<section><h2>Events</h2>${events(sandbox)}</section>
<section><h2>Payment links</h2>${links(sandbox)}</section>
<section><h2>Catalogue and webhooks</h2>${catalogue(sandbox)}</section>
</main>`
  return pageOf('Stripe sandbox', body)
}

/** One object as JSON. */
export function objectPage(sandbox: Sandbox, id: string): string | null {
  const {
    webhookSecrets: _,
    idempotency: __,
    notes: ___,
    paymentLinkItems: ____,
    couponProducts: _____,
    ...tables
  } = sandbox.state
  for (const rows of Object.values(tables)) {
    if (typeof rows === 'number' || Array.isArray(rows) || !Object.hasOwn(rows, id)) continue
    const text = JSON.stringify(rows[id], null, 2)
    const body = html`<main class="sheet"><p><a href="/">← Stripe sandbox</a></p><h1>${id.slice(0, 40)}</h1><pre tabindex="0">${text}</pre></main>`
    return pageOf(id, body)
  }
  return null
}
