import { eq, or, sql } from 'drizzle-orm'
import { checkoutSession, merchantCustomer, organization, purchase, user } from '@/db/schema'
import type { OpsDeps } from '../deps'

export const sameAddress = (email: string) =>
  sql`(${user.email} = ${email} and lower(${user.email}) = ${email} collate utf8mb4_bin)`

/** What the database knows of the person with this address. */
export async function findPerson({ db }: Pick<OpsDeps, 'db'>, email: string) {
  const [owner] = await db.select().from(user).where(sameAddress(email))
  const id = owner?.id ?? ''
  const [organizations, customers, purchases, checkouts] = [
    await db.select().from(organization).where(eq(organization.personalOrganizationUserId, id)),
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
          sql`lower(${checkoutSession.email}) = ${email}`,
          sql`${checkoutSession.purchaseId} in (select p.id from ${purchase} p where p.userId = ${id})`,
        ),
      ),
  ]
  return { owner, organizations, customers, purchases, checkouts }
}

export type Person = Awaited<ReturnType<typeof findPerson>>
