import Stripe from 'stripe'
import { activeLinks, planWorkshop } from '@/db/setup/setup'
import { declaredWorkshops } from '@/lib/workshops'
import type { OpsDeps } from '../deps'
import { type Check, fine, warning, wrong } from './check'

/** Stripe takes a signature for five minutes; half of that is worth a look. */
const SKEW_MS = 150_000

/** Whether the key works, and how far our clock is from Stripe's. */
export async function checkStripe({ stripe, now }: OpsDeps): Promise<Check[]> {
  try {
    const { lastResponse } = await stripe.balance.retrieve()
    const { date } = lastResponse.headers
    const skew = date ? now().getTime() - Date.parse(date) : 0
    if (Math.abs(skew) > SKEW_MS)
      return [
        wrong(
          'clock',
          `is ${Math.round(skew / 1000)} s off Stripe's`,
          'Set the clock (NTP): beyond five minutes no webhook verifies.',
        ),
      ]
    return [fine('stripe', `answers, and its clock is ours to ${Math.ceil(Math.abs(skew) / 1000)} s`)]
  } catch (error) {
    if (error instanceof Stripe.errors.StripePermissionError)
      return [fine('stripe', 'answers; the key is a restricted one')]
    const why = error instanceof Stripe.errors.StripeError ? error.type : 'no answer'
    return [
      wrong(
        'stripe',
        `refuses STRIPE_SECRET_KEY, or can't be reached (${why})`,
        "Take the key from the Dashboard's API keys, and look at status.stripe.com.",
      ),
    ]
  }
}

/** Whether Stripe and the database are as `workshops.config.ts` declares: prices, links that lead back, codes. */
export async function checkDeclarations(deps: OpsDeps): Promise<Check[]> {
  const links = await activeLinks(deps.stripe)
  const checks: Check[] = []
  for (const workshop of declaredWorkshops()) {
    const { changes, problems } = await planWorkshop(deps, workshop, links)
    for (const { what, id, detail, fix } of problems)
      checks.push(wrong(workshop.slug, `${what} ${id} ${detail}`, `${fix}.`))
    if (changes.length > 0) {
      const list = changes.map(({ action, what }) => `${action} ${what}`).join(', ')
      const serious = changes.some(
        ({ what }) => what === 'price' || what === 'payment link' || what === 'product',
      )
      const say = serious ? wrong : warning
      checks.push(say(workshop.slug, `is not as declared: ${list}`, 'Run: npm run ops -- setup'))
    }
    if (changes.length + problems.length === 0) checks.push(fine(workshop.slug, 'is as declared'))
    checks.push(...(await openCodes(deps, workshop)))
  }
  return checks
}

/** A tier's code that is a promotion code can be typed by anyone at a payment link. */
async function openCodes(
  { stripe }: OpsDeps,
  { slug, coupons = {} }: ReturnType<typeof declaredWorkshops>[number],
): Promise<Check[]> {
  const { member, earlyBirdMember, ppp = {} } = coupons
  const open: string[] = []
  for (const code of [member, earlyBirdMember, ...Object.values(ppp)]) {
    if (!code) continue
    const { data } = await stripe.promotionCodes.list({ code, active: true, limit: 1 })
    if (data[0] && data[0].customer === null) open.push(code)
  }
  if (open.length === 0) return []
  return [
    warning(
      slug,
      `anyone can type ${open.join(', ')} at its payment link`,
      'Once no fallback needs them, switch these promotion codes off at Stripe: our own sessions go on with the coupons.',
    ),
  ]
}
