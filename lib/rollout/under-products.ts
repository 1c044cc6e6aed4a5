import 'server-only'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { merchantProduct, product } from '@/db/schema'
import type { Exposure } from './report'

/**
 * The exposures under `Product.id`, one for each visitor and product: a page may name a product by Stripe's id, and what was shown and
 * what was started must meet in one row. Anybody can send made-up ids; theirs would be kept for half a year, and are dropped.
 */
export async function underProducts(db: Database, exposures: Exposure[]): Promise<Exposure[]> {
  if (exposures.length === 0) return []
  const ids = await productIds(db, [...new Set(exposures.map(({ productId }) => productId))])
  const merged = new Map<string, Exposure>()
  for (const exposure of exposures) {
    const productId = ids.get(folded(exposure.productId))
    if (!productId) continue
    const key = `${exposure.visitorId} ${productId}`
    const other = merged.get(key)
    const known = { ...exposure, productId }
    merged.set(key, other ? merge(other, known) : known)
  }
  return [...merged.values()]
}

/** The database tells no capitals apart. */
const folded = (id: string) => id.toLowerCase()

/** `Product.id` for each of these ids that is one, or is Stripe's of one; each is found by a key. */
async function productIds(db: Database, named: string[]): Promise<Map<string, string>> {
  const rows = await db
    .select({ named: sql<string>`found.named`, productId: sql<string>`found.productId` })
    .from(
      sql`(select p.id named, p.id productId from ${product} p where p.id in ${named}
        union all select mp.identifier, mp.productId from ${merchantProduct} mp where mp.identifier in ${named}) found`,
    )
  return new Map(rows.map(({ named, productId }) => [folded(named), productId]))
}

const byTime = (one: string, other: string) => Date.parse(one) - Date.parse(other)

/** The first time that it was shown counts, with what was assigned then, and the first start. */
function merge(one: Exposure, other: Exposure): Exposure {
  const first = byTime(one.shownAt, other.shownAt) <= 0 ? one : other
  const [startedAt] = [one.startedAt, other.startedAt].filter((at) => at !== undefined).sort(byTime)
  return { ...first, guarded: one.guarded || other.guarded, ...(startedAt && { startedAt }) }
}
