import 'server-only'
import { tz } from '@date-fns/tz'
import { isValid, parseISO } from 'date-fns'
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Queryable } from '@/db/client'
import { fromJson } from '@/db/json'
import * as tables from '@/db/schema'
import type { Workshop } from '@/lib/contract/types'
import type { ProductConfig, WorkshopDeclaration } from '@/lib/contract/workshop'
import { orStale, readThrough } from '@/lib/or-stale'
import { isTimeZone } from '@/lib/pricing/early-bird'
import { tierCodes } from '@/lib/pricing/tiers'

/** Everything that selling one product needs to know, from the database; where it is silent, from the declaration. */
export type CatalogueProduct = {
  id: string
  name: string
  type: string
  /** Whether a checkout may be asked for: a subscription of Course Builder's, or a course that it sells nowhere, is none of ours and no mistake of ours. */
  isForSale: boolean
  workshop: Workshop
  /** Neither an event nor a declaration says when it takes place; its instants are the product's own. */
  undated: boolean
  /** ISO 8601. When it is over, as far as anybody says so. */
  endsAt: string | undefined
  stripeProductId: string | null
  stripePriceId: string | null
  merchantAccountId: string
  merchantProductId: string
  config: ProductConfig
  /** Codes that are tied to a tier of another workshop. */
  tiedElsewhere: string[]
  /** Seats in all; -1 means unlimited. */
  capacity: number
  state: string | undefined
  openEnrollment: string | undefined
  closeEnrollment: string | undefined
  howToJoin: string | undefined
  replyTo: string | undefined
  redeemUrl: string | undefined
}

export type Catalogue = {
  /** By `Product.id` or Stripe's product id. */
  byProduct: (id: string) => Promise<CatalogueProduct | null>
  bySlug: (slug: string) => Promise<CatalogueProduct | null>
  /** By `Product.id`, as it is now. */
  anew: (id: string) => Promise<CatalogueProduct | null>
  /** By the Stripe price and product of a line item, for fulfillment. Read anew unless exactly this pair is cached. */
  byStripe: (
    priceId: string | undefined,
    stripeProductId: string | undefined,
  ) => Promise<CatalogueProduct | null>
  forget: () => void
}

const FRESH_MS = 5000
const GRACE_MS = 60_000
const stays = { graceMs: ({ product }: { product: CatalogueProduct | null }) => (product ? GRACE_MS : 0) }
const NOBODY_KNOWS = 'unknown'
/** Course Builder's type of a workshop. */
const LIVE = 'live'
/** Its types of what else it has; of them only a membership is paid again and again. */
const MEMBERSHIP = 'membership'
const COURSES = new Set(['self-paced', 'cohort', 'cohort-archive', 'source-code-access'])

const { product, checkoutProduct, contentResource, contentResourceProduct } = tables
const { merchantAccount, merchantProduct, merchantPrice } = tables

/**
 * Reads are cached for five seconds, and refreshed behind the reader's back if somebody read them in the minute before; unknown ids are
 * remembered as unknown for five seconds.
 */
export function createCatalogue(db: Queryable, declared: WorkshopDeclaration[]): Catalogue {
  const cache = new LRUCache<string, { product: CatalogueProduct | null }>({
    max: 1000,
    ttl: FRESH_MS,
    allowStale: true,
    fetchMethod: orStale(async (key) => {
      const at = key.indexOf(':')
      const [kind, value] = [key.slice(0, at), key.slice(at + 1)]
      return { product: await load(db, kind === 'slug' ? bySlug(value, declared) : byId(value), declared) }
    }, stays),
  })
  const read = async (key: string) => (await readThrough(cache, key, stays))?.product ?? null
  /** The product of a line item, if a page or a checkout has read it within five seconds: a busy sale is then recorded without another read. */
  const cachedByStripe = (priceId: string | undefined, stripeProductId: string | undefined) => {
    for (const key of cache.keys()) {
      const known = cache.getRemainingTTL(key) > 0 ? cache.peek(key)?.product : null
      if (known && known.stripePriceId === priceId && known.stripeProductId === stripeProductId) return known
    }
    return undefined
  }
  return {
    byProduct: (id) => read(`id:${id}`),
    bySlug: (slug) => read(`slug:${slug}`),
    anew: async (id) =>
      (await cache.fetch(`id:${id}`, { forceRefresh: true, allowStale: false }))?.product ?? null,
    byStripe: async (priceId, stripeProductId) =>
      priceId || stripeProductId
        ? (cachedByStripe(priceId, stripeProductId) ??
          load(db, byStripe(priceId ?? '', stripeProductId ?? ''), declared))
        : null,
    forget: () => cache.clear(),
  }
}

/** The condition that rows are wanted by, and the ids of their products, each found by an index: a join by the condition alone would read every product. */
type Wanted = { products: SQL; condition: SQL; first?: SQL }

const byId = (id: string): Wanted => ({
  products: sql`select p.id from ${product} p where p.id = ${id}
    union select mp.productId from ${merchantProduct} mp where mp.identifier = ${id}`,
  condition: sql`${product.id} = ${id} or ${merchantProduct.identifier} = ${id}`,
})

// A slug in a product's JSON has no index; the answer is cached for all visitors. The next edition of a workshop may have the same slug:
// then the declared one counts, or else the newest.
const bySlug = (slug: string, declared: WorkshopDeclaration[]): Wanted => ({
  first: sql`${product.id} = ${declared.find((workshop) => workshop.slug === slug)?.productId ?? ''} desc, ${product.status} desc, ${product.createdAt} desc`,
  products: sql`select p.id from ${product} p where json_unquote(json_extract(p.fields, '$.slug')) = ${slug}
    union select cp.productId from ${contentResource} c
      join ${contentResourceProduct} cp on cp.resourceId = c.id where c.slug = ${slug}`,
  condition: sql`json_unquote(json_extract(${product.fields}, '$.slug')) = ${slug} or ${contentResource.slug} = ${slug}`,
})

const byStripe = (price: string, id: string): Wanted => ({
  products: sql`select mp.productId id from ${merchantPrice} pr
      join ${merchantProduct} mp on mp.id = pr.merchantProductId where pr.identifier = ${price}
    union select mp.productId from ${merchantProduct} mp where mp.identifier = ${id}
    union select p.id from ${product} p where p.stripeProductId = ${price}`,
  condition: sql`${merchantPrice.identifier} = ${price} or ${merchantProduct.identifier} = ${id} or (${product.stripeProductId} = ${price} and ${merchantPrice.id} is null)`,
})

/** Course Builder's name for the accounts that are Stripe's. */
const STRIPE = 'stripe'

/** Whether a row belongs to an account of another payment service. */
const isElsewhere = (accountId: SQLWrapper) =>
  sql`exists (select 1 from ${merchantAccount} ma where ma.id = ${accountId} and ma.label <> ${STRIPE})`

async function load(
  db: Queryable,
  { products, condition, first = sql`${product.status} desc` }: Wanted,
  declared: WorkshopDeclaration[],
): Promise<CatalogueProduct | null> {
  const [row] = await db
    .select({
      product,
      config: checkoutProduct.config,
      // A row for each workshop that was ever set up: few.
      others: sql<unknown>`(select json_arrayagg(json_extract(other.config, '$.coupons'))
        from ${checkoutProduct} other where other.productId <> ${product.id})`.as('others'),
      merchantProductId: merchantProduct.id,
      merchantAccountId: sql<string | null>`coalesce(${merchantProduct.merchantAccountId},
        (select own.id from ${merchantAccount} own where own.label = ${STRIPE} order by own.status desc, own.id limit 1))`.as(
        'accountId',
      ),
      stripeProductId: merchantProduct.identifier,
      stripePriceId: merchantPrice.identifier,
      event: contentResource.fields,
    })
    .from(product)
    .innerJoin(sql`(${products}) found`, sql`found.id = ${product.id}`)
    .leftJoin(checkoutProduct, sql`${checkoutProduct.productId} = ${product.id}`)
    .leftJoin(
      merchantProduct,
      sql`${merchantProduct.productId} = ${product.id} and not ${isElsewhere(merchantProduct.merchantAccountId)}`,
    )
    .leftJoin(
      merchantPrice,
      sql`${merchantPrice.merchantProductId} = ${merchantProduct.id} and not ${isElsewhere(merchantPrice.merchantAccountId)}`,
    )
    .leftJoin(
      contentResourceProduct,
      sql`${contentResourceProduct.productId} = ${product.id} and ${contentResourceProduct.deletedAt} is null`,
    )
    .leftJoin(
      contentResource,
      sql`${contentResource.id} = ${contentResourceProduct.resourceId} and ${contentResource.type} = 'event' and ${contentResource.deletedAt} is null`,
    )
    .where(condition)
    // Of several events the last; the active price first. Older rows say 0 throughout, and then the newest counts.
    .orderBy(
      sql`${first}, ${product.id}, ${contentResource.id} is null, json_unquote(json_extract(${contentResource.fields}, '$.endsAt')) desc, ${merchantProduct.status} desc, ${merchantPrice.status} desc, ${merchantPrice.createdAt} desc, ${merchantPrice.id} desc`,
    )
    .limit(1)
  return row ? assemble(row, declared) : null
}

type Row = {
  product: tables.ProductRow
  config: unknown
  others: unknown
  merchantProductId: string | null
  merchantAccountId: string | null
  stripeProductId: string | null
  stripePriceId: string | null
  event: unknown
}

// Rows are written by hand as well. What is no use counts as not being there: it keeps no paid sale from being recorded.
const text = z.string().trim().min(1).optional().catch(undefined)
const productFields = z
  .object({ slug: text, state: text, openEnrollment: text, closeEnrollment: text })
  .catch({})
const eventFields = z
  .object({ title: text, slug: text, state: text, startsAt: text, endsAt: text, timezone: text })
  .catch({})
const tiers = z
  .object({
    member: text,
    earlyBirdMember: text,
    earlyBird: text,
    ppp: z.record(z.string(), text).transform(withoutUndefined).catch({}),
  })
  .transform(withoutUndefined)
const ownConfig = z
  .object({ paymentLink: text, earlyBirdEndDate: text, coupons: tiers.optional().catch(undefined) })
  .transform(withoutUndefined)
const otherCoupons = z.array(z.preprocess(fromJson, tiers.nullable().catch(null))).nullable()

type Defined<T> = { [name in keyof T]: Exclude<T[name], undefined> }

function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>
}

const tiedIn = (others: unknown): string[] =>
  (otherCoupons.parse(fromJson(others)) ?? []).flatMap((coupons) => (coupons ? tierCodes({ coupons }) : []))

/** Any instant of ISO 8601 as one of UTC; one without an offset is meant in the workshop's own zone. */
function instantIn(timeZone: string, written: string | undefined): string | undefined {
  if (!written) return undefined
  const date = parseISO(written, { in: tz(timeZone) })
  return isValid(date) ? new Date(date.getTime()).toISOString() : undefined
}

function hasOnePrice({ product: { type, stripeProductId }, stripePriceId }: Row): boolean {
  if (type === MEMBERSHIP) return false
  return !COURSES.has(type ?? LIVE) || Boolean(stripePriceId ?? stripeProductId)
}

function assemble(row: Row, declared: WorkshopDeclaration[]): CatalogueProduct {
  const own = productFields.parse(row.product.fields ?? {})
  const event = eventFields.parse(row.event ?? {})
  const declaration = declared.find((workshop) => workshop.productId === row.product.id)
  const config = ownConfig.safeParse(fromJson(row.config)).data ?? declaration ?? {}
  const timeZone = [event.timezone, declaration?.timeZone].find((zone) => zone && isTimeZone(zone)) ?? 'UTC'
  const instant = (written: string | undefined) => instantIn(timeZone, written)
  const dated = instant(event.startsAt) ?? declaration?.startsAt
  const endsAt = instant(event.endsAt) ?? declaration?.endsAt ?? dated
  const startsAt = dated ?? row.product.createdAt.toISOString()
  const workshop: Workshop = {
    slug: own.slug ?? event.slug ?? declaration?.slug ?? row.product.id,
    productId: row.product.id,
    title: event.title ?? row.product.name,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt ?? startsAt).toISOString(),
    timeZone,
    ...(config.paymentLink && { paymentLink: config.paymentLink }),
  }
  return {
    id: row.product.id,
    name: row.product.name,
    type: row.product.type ?? LIVE,
    isForSale: row.event !== null || row.config !== null || declaration !== undefined || hasOnePrice(row),
    workshop,
    undated: dated === undefined,
    endsAt,
    stripeProductId: row.stripeProductId,
    stripePriceId: row.stripePriceId ?? row.product.stripeProductId,
    merchantAccountId: row.merchantAccountId ?? NOBODY_KNOWS,
    merchantProductId: row.merchantProductId ?? NOBODY_KNOWS,
    config,
    tiedElsewhere: tiedIn(row.others),
    capacity: row.product.quantityAvailable,
    state: own.state ?? event.state,
    openEnrollment: instant(own.openEnrollment),
    closeEnrollment: instant(own.closeEnrollment),
    howToJoin: declaration?.howToJoin,
    replyTo: declaration?.replyTo,
    redeemUrl: declaration?.redeemUrl,
  }
}
