import { and, eq, like, or, type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import {
  checkoutSession,
  merchantCustomer,
  organization,
  organizationMembership,
  purchase,
  user,
} from '@/db/schema'
import { NOBODY } from '@/lib/fulfillment/record/people'
import type { OpsDeps } from '../deps'

/** By their bytes: every collation of Course Builder's ignores case, and most of them accents. */
export const sameText = (text: SQL, wanted: string) => sql`${text} = ${wanted} collate utf8mb4_bin`

const sameAddress = (email: string) =>
  sql`(${user.email} = ${email} and ${sameText(sql`lower(${user.email})`, email)})`

/** Whose home it is: by the column, or, before Course Builder had that, by its name. */
export const isHomeOf = (userId: string, email: string) =>
  sql`(${organization.personalOrganizationUserId} = ${userId} or (${organization.personalOrganizationUserId} is null
    and ${organization.id} in (select m.organizationId from ${organizationMembership} m where m.userId = ${userId})
    and ${sameText(sql`lower(${organization.name})`, `personal (${email})`)}))`

/** Somebody whose address the table takes for another's is written under a name that stands for it: their purchases know them. */
async function ownerByPurchase(db: Queryable, email: string) {
  const [row] = await db
    .select({ user })
    .from(checkoutSession)
    .innerJoin(purchase, eq(purchase.id, checkoutSession.purchaseId))
    .innerJoin(user, eq(user.id, purchase.userId))
    .where(and(sameText(sql`lower(${checkoutSession.email})`, email), like(user.email, `%${NOBODY}`)))
    .limit(1)
  return row?.user
}

/** The user who has this address. */
export async function ownerOf(db: Queryable, email: string) {
  const [named] = await db.select().from(user).where(sameAddress(email))
  return named ?? (await ownerByPurchase(db, email))
}

/** What the database knows of the person with this address. */
export async function findPerson({ db }: Pick<OpsDeps, 'db'>, email: string) {
  const owner = await ownerOf(db, email)
  const id = owner?.id ?? ''
  const [organizations, customers, purchases, checkouts] = [
    await db.select().from(organization).where(isHomeOf(id, email)),
    await db.select().from(merchantCustomer).where(eq(merchantCustomer.userId, id)),
    await db.$count(purchase, eq(purchase.userId, id)),
    await db
      .select({
        id: checkoutSession.id,
        sessionId: checkoutSession.sessionId,
        purchaseId: checkoutSession.purchaseId,
      })
      .from(checkoutSession)
      .where(
        or(
          sameText(sql`lower(${checkoutSession.email})`, email),
          sql`${checkoutSession.purchaseId} in (select p.id from ${purchase} p where p.userId = ${id})`,
        ),
      ),
  ]
  return { owner, organizations, customers, purchases, checkouts }
}

export type Person = Awaited<ReturnType<typeof findPerson>>
