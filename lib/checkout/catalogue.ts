import 'server-only'
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import type { Queryable } from '@/db/client'
import * as tables from '@/db/schema'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { orStale, readThrough } from '@/lib/or-stale'
import { type CatalogueProduct, productFrom } from './catalogue-product'

export type { CatalogueProduct } from './catalogue-product'

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
  return row ? productFrom(row, declared) : null
}
