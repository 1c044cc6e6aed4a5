import { eq, sql } from 'drizzle-orm'
import * as tables from '../../db/schema'
import type { Shop } from './shop'

type Sold = { purchase: { id: string }; checkout: { id: string } }

/** What may have become of a sale's rows by hand, or by another tool; in the shop that is open when it happens. */
export const damageTo = (shop: () => Pick<Shop, 'db'>) => ({
  gone: (table: string, id: string | null) =>
    shop().db.execute(sql`delete from ${sql.identifier(table)} where id = ${id}`),
  setPurchase: ({ purchase: { id } }: Sold, change: Partial<typeof tables.purchase.$inferInsert>) =>
    shop().db.update(tables.purchase).set(change).where(eq(tables.purchase.id, id)),
  setCheckout: ({ checkout: { id } }: Sold, change: Partial<typeof tables.checkoutSession.$inferInsert>) =>
    shop().db.update(tables.checkoutSession).set(change).where(eq(tables.checkoutSession.id, id)),
})
