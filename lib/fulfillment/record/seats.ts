import 'server-only'
import { eq, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { product } from '@/db/schema'
import { seatsTaken } from '@/lib/checkout/hold'

/** Whether more seats are sold and held than there are, with `coming` more. Sales without a hold take turns here, so that the last one too many sees it. */
export async function isOversold(tx: Queryable, productId: string, coming: number): Promise<boolean> {
  const [limit] = await tx
    .select({ capacity: product.quantityAvailable })
    .from(product)
    .where(eq(product.id, productId))
    .for('update')
  if (!limit || limit.capacity < 0) return false
  const [row] = await tx
    .select({ taken: sql<string>`${seatsTaken}`.as('taken') })
    .from(product)
    .where(eq(product.id, productId))
  return Number(row?.taken ?? 0) + coming > limit.capacity
}
