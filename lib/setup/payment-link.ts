import 'server-only'
import type Stripe from 'stripe'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import type { Plan } from './change'

type Workshop = Pick<
  WorkshopDeclaration,
  'slug' | 'productId' | 'paymentLink' | 'stripeProductId' | 'discounts'
>

/** Where a link sends its buyer on: the same page as a checkout's. */
export const backFrom = (appUrl: string, slug: string): string =>
  `${appUrl}/workshop/${encodeURIComponent(slug)}/confirmation?session_id={CHECKOUT_SESSION_ID}`

const returnsTo = ({ after_completion: after }: Stripe.PaymentLink): string =>
  after.type === 'redirect' ? (after.redirect?.url ?? '') : "Stripe's own page"

export type LinkPlan = Plan & {
  /** The link's address, once it is there. */
  url: () => string
}

/**
 * The workshop's payment link: the one that its declaration names, or one of ours for its present price. A link's price can't be changed,
 * so that a new price takes a new link, and ours for older prices are switched off.
 * @param priceId of the active price, once it is there
 * @param links all active links of the account
 * @param recordedPrices the prices that the database calls this workshop's
 */
export async function planPaymentLink(
  stripe: Stripe,
  workshop: Workshop,
  priceId: () => string | undefined,
  links: Stripe.PaymentLink[],
  appUrl: string,
  recordedPrices: Set<string>,
): Promise<LinkPlan> {
  const { slug, productId, paymentLink } = workshop
  if (paymentLink) return declaredLink(stripe, workshop, paymentLink, priceId(), links, appUrl)
  const prices = [...recordedPrices, priceId()]
  // Another edition of the workshop may have the same slug, and its link goes on selling. Older links name no product.
  const own = links.filter(
    ({ metadata: { workshopSlug, workshopProductId, price } }) =>
      price &&
      workshopSlug === slug &&
      (workshopProductId ? workshopProductId === productId : prices.includes(price)),
  )
  const present = own.find(({ metadata }) => metadata.price === priceId())
  const changes = present ? leadBack(stripe, present, slug, appUrl) : []
  let url = present?.url ?? ''
  if (!present) {
    changes.push({
      action: 'create',
      where: 'stripe',
      what: 'payment link',
      id: slug,
      detail: `leads back to ${backFrom(appUrl, slug)}`,
      apply: async () => {
        const price = priceId()
        if (!price) throw new Error(`${slug} has no price yet`)
        url = (await stripe.paymentLinks.create(linkParams(workshop, price, appUrl))).url
      },
    })
  }
  for (const link of own.filter((other) => other !== present)) {
    changes.push({
      action: 'deactivate',
      where: 'stripe',
      what: 'payment link',
      id: link.url,
      detail: `sells the price ${link.metadata.price}, which is no longer the workshop's`,
      apply: () => stripe.paymentLinks.update(link.id, { active: false }),
    })
  }
  return { changes, problems: [], url: () => url }
}

const linkParams = (
  { slug, productId }: Workshop,
  price: string,
  appUrl: string,
): Stripe.PaymentLinkCreateParams => ({
  line_items: [{ price, quantity: 1 }],
  allow_promotion_codes: true,
  customer_creation: 'always',
  metadata: { workshopSlug: slug, workshopProductId: productId, price },
  after_completion: { type: 'redirect', redirect: { url: backFrom(appUrl, slug) } },
})

function leadBack(stripe: Stripe, link: Stripe.PaymentLink, slug: string, appUrl: string): Plan['changes'] {
  const wanted = backFrom(appUrl, slug)
  if (returnsTo(link) === wanted) return []
  return [
    {
      action: 'change',
      where: 'stripe',
      what: 'payment link',
      id: link.url,
      detail: `leads back to: ${returnsTo(link)} → ${wanted}`,
      apply: () =>
        stripe.paymentLinks.update(link.id, {
          after_completion: { type: 'redirect', redirect: { url: wanted } },
        }),
    },
  ]
}

/** A link that somebody made: that it sells this workshop, at its price, and takes its codes. */
async function whatIsWrong(
  stripe: Stripe,
  { id, allow_promotion_codes: takesCodes }: Stripe.PaymentLink,
  { discounts }: Workshop,
  priceId: string | undefined,
): Promise<string | undefined> {
  const { data } = await stripe.paymentLinks.listLineItems(id, { limit: 100 })
  const prices = data.flatMap(({ price }) => price?.id ?? [])
  if (!priceId || !prices.includes(priceId))
    return `sells ${prices.join(', ')}, and not the workshop's present price`
  return discounts && discounts.length > 0 && !takesCodes
    ? "takes no codes, and the workshop's has some"
    : undefined
}

async function declaredLink(
  stripe: Stripe,
  workshop: Workshop,
  url: string,
  priceId: string | undefined,
  links: Stripe.PaymentLink[],
  appUrl: string,
): Promise<LinkPlan> {
  const { slug } = workshop
  const link = links.find((other) => other.url === url)
  if (link) {
    const detail = await whatIsWrong(stripe, link, workshop, priceId)
    const problems = detail
      ? [
          {
            what: 'payment link',
            id: url,
            detail,
            fix: `mend it at Stripe, or take paymentLink out of ${slug}'s declaration: then one is made`,
          },
        ]
      : []
    return { changes: leadBack(stripe, link, slug, appUrl), problems, url: () => url }
  }
  const problem = {
    what: 'payment link',
    id: url,
    detail: 'is declared, and no active link of this Stripe account has that address',
    fix: `activate it at Stripe, or take paymentLink out of ${slug}'s declaration: then one is made`,
  }
  return { changes: [], problems: [problem], url: () => url }
}
