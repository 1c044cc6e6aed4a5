import { calledAs } from '@/db/called-as'
import { claimCodes } from '@/lib/pricing/tiers'
import { isForAnybody } from '@/lib/setup/discounts'
import { activeLinks, planWorkshop } from '@/lib/setup/setup'
import { MOST_SKEW_MS, probeStripe } from '@/lib/stripe/probe'
import { declaredWorkshops } from '@/lib/workshops'
import type { OpsDeps } from '../deps'
import { type Check, fine, warning, wrong } from './check'

/** Whether the key works, and how far our clock is from Stripe's. */
export async function checkStripe({ stripe, now }: OpsDeps): Promise<Check[]> {
  const { ok, restricted, why, skewMs = 0 } = await probeStripe(stripe, now)
  const clock =
    Math.abs(skewMs) > MOST_SKEW_MS
      ? [
          wrong(
            'clock',
            `is ${Math.round(skewMs / 1000)} s off Stripe's`,
            'Set the clock (NTP): beyond five minutes no webhook verifies.',
          ),
        ]
      : []
  if (!ok)
    return [
      ...clock,
      why === 'StripeAuthenticationError'
        ? wrong('stripe', 'refuses STRIPE_SECRET_KEY', "Take the key from the Dashboard's API keys.")
        : wrong(
            'stripe',
            `does not answer as it should (${why})`,
            'Look at status.stripe.com, and whether this machine may reach api.stripe.com.',
          ),
    ]
  if (clock.length > 0) return clock
  const about = restricted ? 'the key is a restricted one' : ''
  return [
    fine(
      'stripe',
      `answers${about && `; ${about}`}, and its clock is ours to ${Math.ceil(Math.abs(skewMs) / 1000)} s`,
    ),
  ]
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
      checks.push(say(workshop.slug, `is not as declared: ${list}`, `Run: ${calledAs('ops setup')}`))
    }
    if (changes.length + problems.length === 0) checks.push(fine(workshop.slug, 'is as declared'))
    checks.push(...(await openCodes(deps, workshop)))
  }
  return checks
}

/** A tier's code that is a promotion code can be typed by anyone at a payment link. */
async function openCodes(
  { stripe }: OpsDeps,
  workshop: ReturnType<typeof declaredWorkshops>[number],
): Promise<Check[]> {
  const { slug } = workshop
  const open: string[] = []
  for (const code of claimCodes(workshop)) {
    const { data } = await stripe.promotionCodes.list({ code, active: true, limit: 100 })
    if (data.some(isForAnybody)) open.push(code)
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
