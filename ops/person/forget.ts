import { randomBytes } from 'node:crypto'
import { and, eq, inArray, isNotNull, type SQLWrapper, sql } from 'drizzle-orm'
import type { RowDataPacket } from 'mysql2/promise'
import type { Queryable } from '@/db/client'
import { checkoutSession, exposure, organization, outbox, purchase, stripeEvent, user } from '@/db/schema'
import { tablePrefix } from '@/db/schema/prefix'
import { forgottenAddress } from '@/lib/fulfillment/record/restore-family'
import { cutToIds } from '@/lib/fulfillment/trim'
import type { OpsDeps } from '../deps'
import type { Person } from './find'

/**
 * Takes a person out of what was sold to them: name, address, network address and what they typed go, in one transaction; amounts, dates,
 * products and Stripe's ids stay, which bookkeeping has to keep. Nothing is deleted.
 */
export const forget = ({ db, now }: OpsDeps, email: string, person: Person): Promise<void> =>
  db.transaction(async (tx) => {
    const { owner, organizations, checkouts } = person
    if (owner) {
      await tx
        .update(user)
        .set({ email: forgottenAddress(owner.id), name: null, image: null, emailVerified: null, fields: {} })
        .where(eq(user.id, owner.id))
      await tx
        .update(purchase)
        .set({ ipAddress: null, city: null, state: null })
        .where(eq(purchase.userId, owner.id))
    }
    for (const { id } of organizations)
      await tx.update(organization).set({ name: 'Personal (forgotten)' }).where(eq(organization.id, id))
    if (checkouts.length > 0) {
      const ids = checkouts.map(({ id }) => id)
      await renameVisitors(tx, ids)
      await tx.update(checkoutSession).set(NOBODY).where(inArray(checkoutSession.id, ids))
    }
    await forgetMessages(tx, email, now())
  })

/** An empty address, unlike none, says that Stripe's must not be asked for it again. */
const NOBODY = {
  email: '',
  viewerId: null,
  addressHash: null,
  params: null,
  url: null,
  clientSecret: null,
  receiptUrl: null,
}

/**
 * The browser that they came with still holds its visitor id. Wherever that stands it becomes another, which no browser has: `ops report`
 * counts as before.
 */
async function renameVisitors(tx: Queryable, checkoutIds: string[]): Promise<void> {
  const rows = await tx
    .selectDistinct({ visitorId: checkoutSession.visitorId })
    .from(checkoutSession)
    .where(and(inArray(checkoutSession.id, checkoutIds), isNotNull(checkoutSession.visitorId)))
  for (const { visitorId: known } of rows) {
    if (known === null) continue
    const visitorId = `forgotten_${randomBytes(16).toString('hex')}`
    await tx.update(checkoutSession).set({ visitorId }).where(eq(checkoutSession.visitorId, known))
    await tx.update(exposure).set({ visitorId }).where(eq(exposure.visitorId, known))
  }
}

/** Whether a JSON text holds the address as a whole value: `joann@…` is not `ann@…`. */
const mentions = (json: SQLWrapper, email: string) =>
  sql`locate(json_quote(${email}) collate utf8mb4_bin, lower(cast(${json} as char character set utf8mb4)) collate utf8mb4_bin) > 0`

/** A message of theirs; every buyer's names the address that answers questions. */
const concerns = (email: string) =>
  mentions(sql`json_remove(${outbox.payload}, '$.workshop.replyTo', '$.sale.workshop.replyTo')`, email)

/** What waits to be sent to them is never sent; what was received is cut down to the ids that it is worked on by. */
async function forgetMessages(tx: Queryable, email: string, now: Date): Promise<void> {
  await tx
    .update(outbox)
    .set({ status: 'cancelled', lastError: 'the buyer asked to be forgotten' })
    .where(sql`${outbox.status} in ('pending', 'dead') and ${concerns(email)}`)
  await tx.update(outbox).set({ payload: {}, trimmed: true }).where(concerns(email))
  await tx.execute(sql`update ${stripeEvent} set ${cutToIds}
    where ${stripeEvent.receivedAt} <= ${now} and ${mentions(stripeEvent.payload, email)}`)
}

const OURS = ['Purchase', 'MerchantCharge', 'MerchantCustomer', 'OrganizationMembership']

/** Course Builder's other tables that have rows of this user: accounts, progress, preferences. What becomes of them is theirs to say. */
export async function otherTables(
  { pool }: OpsDeps,
  userId: string,
): Promise<{ table: string; rows: number }[]> {
  const [tables] = await pool.query<RowDataPacket[]>(
    `select TABLE_NAME as name from information_schema.COLUMNS
      where TABLE_SCHEMA = database() and COLUMN_NAME = 'userId' and TABLE_NAME like ?`,
    [`${tablePrefix.replaceAll('_', '\\_')}%`],
  )
  const found = []
  for (const { name } of tables) {
    if (OURS.some((own) => name === `${tablePrefix}${own}`)) continue
    const [[count]] = await pool.query<RowDataPacket[]>('select count(*) as n from ?? where userId = ?', [
      name,
      userId,
    ])
    if (Number(count?.n) > 0) found.push({ table: String(name), rows: Number(count?.n) })
  }
  return found
}
