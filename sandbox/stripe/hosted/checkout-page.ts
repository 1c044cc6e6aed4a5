import { formatMoney } from '../money'
import type { Sandbox } from '../sandbox'
import { row, type SessionNotes } from '../state'
import type { WireSession } from '../wire'
import { COUNTRIES } from './countries'
import type { FieldErrors, Typed } from './form-fields'
import { type Html, html, pageOf } from './html'

interface View {
  sandbox: Sandbox
  session: WireSession
  notes: SessionNotes
  typed: Typed
  errors: FieldErrors
  /** Inside somebody's frame: no way back, the order above the form. */
  embedded: boolean
}

export const SANDBOX_NOTE = html`<aside class="note" aria-label="Note"><strong>A stand-in for Stripe’s page.</strong>It runs on this machine, and no real card is charged.</aside>`

const money = (session: WireSession, amount: number | null) =>
  formatMoney(amount ?? 0, session.currency ?? 'usd')

function discountName({ sandbox, notes }: View): string {
  const { discount } = notes
  if (!discount) return ''
  const coupon = row(sandbox.state.coupons, discount.source.coupon)
  const code = row(sandbox.state.promotionCodes, discount.promotion_code ?? '')
  const off = coupon?.percent_off ? ` (${coupon.percent_off}% off)` : ''
  return `${code?.code ?? coupon?.name ?? coupon?.id ?? 'Discount'}${off}`
}

function order(view: View): Html {
  const { session, notes, embedded } = view
  const discount = session.total_details.amount_discount
  return html`<section class="order" aria-label="Your order">
${!embedded && session.cancel_url && html`<a class="back" data-testid="hosted-back" href="${session.cancel_url}">← Back</a>`}
<div><p class="merchant">Pay for your order</p>
<h1 class="total-line" data-testid="hosted-total">${money(session, session.amount_total)}</h1></div>
<ul class="lines">
${notes.lineItems.map(
  (item) =>
    html`<li><span>${item.description}${
      (item.quantity ?? 1) > 1 &&
      html`<small>Qty ${item.quantity}, ${formatMoney(item.price.unit_amount ?? 0, item.currency)} each</small>`
    }</span><span>${formatMoney(item.amount_subtotal, item.currency)}</span></li>`,
)}
${discount > 0 && html`<li class="off" data-testid="hosted-discount"><span>${discountName(view)}</span><span>−${money(session, discount)}</span></li>`}
<li class="sum"><span>Total due</span><span>${money(session, session.amount_total)}</span></li>
</ul>
${session.allow_promotion_codes && promotion(view)}
</section>`
}

function promotion(view: View): Html {
  const { session, notes, typed, errors } = view
  const action = `/c/pay/${session.id}/promotion${view.embedded ? '?embedded=1' : ''}`
  if (notes.discount?.promotion_code)
    return html`<form method="post" action="${action}"><input type="hidden" name="promotionCode" value="">
<p><button class="link" name="action" value="remove" data-testid="hosted-promotion-remove">Remove ${discountName(view)}</button></p></form>`
  return html`<form method="post" action="${action}"><div class="code-row">
<label>Promotion code<input name="promotionCode" autocomplete="off" autocapitalize="characters" value="${typed.promotionCode}"${invalid(errors, 'promotionCode')}></label>
<button class="quiet" name="action" value="apply" data-testid="hosted-promotion-apply">Apply</button></div>
${errorOf(errors, 'promotionCode')}</form>`
}

function invalid(errors: FieldErrors, name: keyof FieldErrors): Html | false {
  return errors[name] !== undefined && html` aria-invalid="true" aria-describedby="${name}-error"`
}

function errorOf(errors: FieldErrors, name: keyof FieldErrors): Html | false {
  return (
    errors[name] !== undefined &&
    html`<span class="error" id="${name}-error" role="alert">${errors[name]}</span>`
  )
}

function field(view: View, name: keyof Typed, label: string | Html, attributes: Html, keep = true): Html {
  const { typed, errors } = view
  return html`<label>${label}<input name="${name}" value="${keep ? typed[name] : ''}" ${attributes}${invalid(errors, name)}>${errorOf(errors, name)}</label>`
}

function cardFields(view: View): Html {
  const { typed } = view
  return html`<div class="methods" role="radiogroup" aria-label="Pay with">
<label><input type="radio" name="method" value="card"${typed.method === 'card' && html` checked`}>Card</label>
<label><input type="radio" name="method" value="bank"${typed.method === 'bank' && html` checked`}>Bank transfer (delayed)</label></div>
<div class="by-card"><fieldset><div>${field(view, 'cardNumber', 'Card number', html`inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242"`, false)}</div>
<div class="pair">${field(view, 'cardExpiry', 'Expires', html`inputmode="numeric" autocomplete="cc-exp" placeholder="MM / YY"`, false)}
${field(view, 'cardCvc', 'CVC', html`inputmode="numeric" autocomplete="cc-csc" placeholder="123"`, false)}</div></fieldset></div>
${field(view, 'billingName', nameOfPayer, html`autocomplete="name"`)}`
}

/** Whose name is wanted depends on the way of paying that is chosen. */
const nameOfPayer = html`<span><span class="by-card">Name on card</span><span class="by-bank">Account holder</span></span>`

function paymentForm(view: View): Html {
  const { sandbox, session, typed, errors } = view
  const free = session.amount_total === 0
  const locked = session.customer !== null && row(sandbox.state.customers, session.customer)?.email
  const action = `/c/pay/${session.id}${view.embedded ? '?embedded=1' : ''}`
  return html`<form method="post" action="${action}" id="payment" novalidate>
${errors.page !== undefined && html`<p class="problem" role="alert" data-testid="hosted-error">${errors.page}</p>`}
<fieldset><legend>Contact</legend>
${field(view, 'email', 'Email', html`type="email" autocomplete="email" inputmode="email"${locked ? html` readonly` : ''}`)}</fieldset>
<fieldset><legend>${free ? 'Your details' : 'Payment'}</legend>
${!free && cardFields(view)}
${free && field(view, 'billingName', 'Name', html`autocomplete="name"`)}
<label>Country or region<select name="country" autocomplete="country"${invalid(errors, 'country')}>
${COUNTRIES.map(({ code, name }) => html`<option value="${code}"${code === typed.country && html` selected`}>${name}</option>`)}</select></label>
</fieldset>
<button data-testid="hosted-payment-submit-button">${free ? 'Complete order' : `Pay ${money(session, session.amount_total)}`}</button>
${!free && html`<p class="hint">Test cards: 4242 4242 4242 4242 pays, 4000 0000 0000 9995 is declined, 4000 0025 0000 3155 asks for 3-D Secure. Any future date and any three digits.</p>`}
</form>`
}

/** Without it all works; with it, a second click says what is happening, and coming back finds a fresh button. */
const SCRIPT = `
const form=document.getElementById('payment');if(form){const b=form.querySelector('[data-testid=hosted-payment-submit-button]'),t=b.textContent;
form.addEventListener('submit',e=>{if(b.getAttribute('aria-disabled')){e.preventDefault();return}b.setAttribute('aria-disabled','true');b.textContent='Processing…'});
addEventListener('pageshow',e=>{if(e.persisted){b.removeAttribute('aria-disabled');b.textContent=t}});
const n=form.elements.cardNumber,x=form.elements.cardExpiry;
n&&n.addEventListener('input',()=>{if(n.selectionStart===n.value.length)n.value=n.value.replace(/\\D/g,'').replace(/(.{4})(?=.)/g,'$1 ')});
x&&x.addEventListener('input',e=>{if(x.selectionStart===x.value.length&&e.inputType!=='deleteContentBackward'){const d=x.value.replace(/\\D/g,'').slice(0,4);x.value=d.length>1?d.slice(0,2)+' / '+d.slice(2):d}})}
const wrong=document.querySelector('[aria-invalid=true]');wrong&&wrong.focus();`

export function checkoutPage(view: View): string {
  const body = html`${SANDBOX_NOTE}<main class="frame${view.embedded && ' bare'}">${order(view)}${paymentForm(view)}</main>`
  return pageOf('Checkout', body, { script: SCRIPT })
}
