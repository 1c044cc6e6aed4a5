import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import { eq, type SQLWrapper, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { organization, organizationMembership, organizationMembershipRole, role, user } from '@/db/schema'

/** Whom a purchase belongs to, in Course Builder's sense: a user, their personal organization and their membership of it. */
export type Buyer = {
  userId: string
  organizationId: string
  membershipId: string
  /** What of it is not there yet. */
  writes: SQLWrapper[]
}

const ROLES = ['owner', 'learner'] as const

/**
 * Found by e-mail whatever its case, or to be created. Never overwrites a name. Leaves the user's row locked; where somebody else
 * creates them in this instant, writing them is a duplicate key, and the next round finds theirs.
 *
 * @param seen what was found under their address with their row locked, where that has been asked
 */
export async function findOrPlanBuyer(
  tx: Queryable,
  email: string,
  name: string | undefined,
  seen?: SeenFamily,
): Promise<Buyer> {
  const address = addressOf(email)
  for (const spelling of spellings(address)) {
    const { family } = seen?.address === spelling ? seen : await lockFamily(tx, spelling)
    if (family === 'another') continue
    if (family) return complete(tx, family, spelling, [])
    if (spelling.startsWith('"') && spelling !== address) continue
    const userId = `u_${randomUUID()}`
    const made = tx
      .insert(user)
      .values({ id: userId, email: spelling, name: name ?? address.split('@')[0] ?? null })
    return complete(tx, { userId, organizationId: null, membershipId: null, strandedId: null }, spelling, [
      made,
    ])
  }
  throw new Error('every spelling of an address is taken')
}

/** The same, with what is missing of them written at once. */
export async function findOrCreateBuyer(
  tx: Queryable,
  email: string,
  name: string | undefined,
): Promise<Buyer> {
  const buyer = await findOrPlanBuyer(tx, email, name)
  for (const write of buyer.writes) await tx.execute(write)
  return buyer
}

/**
 * Most collations take `josé@…` and `jose@…` for the same, and the table takes only one of them. They are two people, and neither may
 * get the other's seat: who comes second is written by a name that stands for the address. The spelling in between, which the mail
 * standard allows and Course Builder doesn't read, is looked for where somebody was written so before, and never written.
 */
function spellings(address: string): string[] {
  const at = address.lastIndexOf('@')
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
  const digest = createHash('sha256').update(address).digest('hex').slice(0, 32)
  return [address, ...(local.startsWith('"') ? [] : [`"${local}"@${domain}`]), `${digest}${NOBODY}`]
}

/** Where the address of a buyer stands whom nobody can write to. */
export const NOBODY = '@unknown.invalid'

type Family = {
  userId: string
  organizationId: string | null
  membershipId: string | null
  /** Their membership of a personal organization whose row is gone: there can be no second one. */
  strandedId: string | null
}

/** What was found under an address: nobody, or `another` where the table has another's there that it takes for this one. */
export type SeenFamily = { address: string; family: Family | 'another' | null }

/** As it is stored and compared. */
export const addressOf = (email: string): string => email.trim().toLowerCase()

/**
 * What is asked of the user's row about whom their purchases belong to. It is locked before their family is read: whoever comes second
 * reads what the first has written.
 */
export function familyColumns(address: string) {
  const home = homeOf(sql`${user}.id`)
  return {
    userId: user.id,
    // Every collation of Course Builder's ignores case, and most of them accents (é and e).
    same: sql<number>`lower(${user.email}) = ${address} collate utf8mb4_bin`.as('same'),
    membershipId: sql<string | null>`(select m.id ${home})`.as('membershipId'),
    organizationId: sql<string | null>`(select m.organizationId ${home})`.as('organizationId'),
    // Theirs, though they are no member of it: there can be no second one.
    ownId: sql<
      string | null
    >`(select own.id from ${organization} own where own.personalOrganizationUserId = ${user}.id)`.as('ownId'),
    strandedId: sql<
      string | null
    >`(select st.id from ${organizationMembership} st where st.personalOrganizationUserId = ${user}.id
      and not exists (select 1 from ${organization} so where so.id = st.organizationId))`.as('strandedId'),
  }
}

type FamilyRow = {
  userId: string | null
  same: number | null
  membershipId: string | null
  organizationId: string | null
  ownId: string | null
  strandedId: string | null
}

export function seenFamily(address: string, row: FamilyRow | null | undefined): SeenFamily {
  if (!row || row.userId === null) return { address, family: null }
  if (!row.same) return { address, family: 'another' }
  const { userId, membershipId, ownId, strandedId } = row
  const organizationId = membershipId ? row.organizationId : ownId
  return { address, family: { userId, membershipId, organizationId, strandedId } }
}

async function lockFamily(tx: Queryable, address: string): Promise<SeenFamily> {
  const [row] = await tx
    .select(familyColumns(address))
    .from(user)
    .where(eq(user.email, address))
    .for('update')
  return seenFamily(address, row)
}

/**
 * Their membership of their personal organization. Before version 3 Course Builder marked that one by its name alone; who was invited
 * to another's is not at home there.
 */
const homeOf = (userId: SQLWrapper) => sql`from ${organizationMembership} m
  join ${organization} o on o.id = m.organizationId
  where m.userId = ${userId} and (o.personalOrganizationUserId = ${userId} or m.personalOrganizationUserId = ${userId}
    or (o.personalOrganizationUserId is null and o.name like 'Personal (%' and m.invitedById = ${userId}))
  order by o.personalOrganizationUserId is null, o.createdAt, m.id limit 1`

function complete(tx: Queryable, family: Family, email: string, writes: SQLWrapper[]): Buyer {
  const { userId } = family
  const organizationId = family.organizationId ?? randomUUID()
  if (family.organizationId && family.membershipId)
    return { userId, organizationId, membershipId: family.membershipId, writes }
  const membershipId = family.strandedId ?? randomUUID()
  const membership = family.strandedId
    ? tx
        .update(organizationMembership)
        .set({ organizationId })
        .where(eq(organizationMembership.id, family.strandedId))
    : tx.insert(organizationMembership).values({
        id: membershipId,
        organizationId,
        userId,
        invitedById: userId,
        role: 'user',
        personalOrganizationUserId: userId,
      })
  return {
    userId,
    organizationId,
    membershipId,
    writes: [
      ...writes,
      ...(family.organizationId ? [] : [newOrganization(tx, organizationId, userId, email)]),
      membership,
      ...newRoles(tx, organizationId, membershipId),
    ],
  }
}

const newOrganization = (tx: Queryable, id: string, userId: string, email: string) =>
  tx
    .insert(organization)
    .values({ id, name: `Personal (${email})`.slice(0, 255), personalOrganizationUserId: userId })

/** Both roles in an organization; one that existed before may have them already. */
function newRoles(tx: Queryable, organizationId: string, organizationMembershipId: string): SQLWrapper[] {
  const theirs = sql`select ${organizationMembershipId}, r.id, r.organizationId from ${role} r
    where r.organizationId = ${organizationId} and r.name in ${[...ROLES]}`
  return [
    tx
      .insert(role)
      .values(ROLES.map((name) => ({ id: randomUUID(), organizationId, name })))
      .onDuplicateKeyUpdate({ set: { id: sql`${role.id}` } }),
    sql`insert into ${organizationMembershipRole} (organizationMembershipId, roleId, organizationId) ${theirs}`,
  ]
}
