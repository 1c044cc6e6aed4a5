import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { organization, organizationMembership, organizationMembershipRole, role, user } from '@/db/schema'

/** Whom a purchase belongs to, in Course Builder's sense: a user, their personal organization and their membership of it. */
export type Buyer = { userId: string; organizationId: string; membershipId: string }

const ROLES = ['owner', 'learner'] as const

/** Found by e-mail whatever its case, or created. Never overwrites a name. Leaves the user's row locked. */
export async function findOrCreateBuyer(
  tx: Queryable,
  email: string,
  name: string | undefined,
): Promise<Buyer> {
  const address = email.trim().toLowerCase()
  for (const spelling of spellings(address)) {
    const buyer = await findOrCreate(tx, spelling, name ?? address.split('@')[0] ?? null)
    if (buyer) return buyer
  }
  throw new Error('a user that exists can not be read')
}

/**
 * Most collations take `josé@…` and `jose@…` for the same, and the table takes only one of them. They are two people, and neither may
 * get the other's seat: who comes second is written as the mail standard also allows, then by a name that stands for the address.
 */
function spellings(address: string): string[] {
  const at = address.lastIndexOf('@')
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
  const digest = createHash('sha256').update(address).digest('hex').slice(0, 32)
  return [address, ...(local.startsWith('"') ? [] : [`"${local}"@${domain}`]), `${digest}${NOBODY}`]
}

/** Where the address of a buyer stands whom nobody can write to. */
export const NOBODY = '@unknown.invalid'

/** Null where the table has another's address there that it takes for this one. */
async function findOrCreate(tx: Queryable, address: string, name: string | null): Promise<Buyer | null> {
  const found = await lockFamily(tx, address)
  if (found) return complete(tx, found, address)
  const userId = `u_${randomUUID()}`
  const [inserted] = await tx
    .insert(user)
    .values({ id: userId, email: address, name })
    .onDuplicateKeyUpdate({ set: { id: sql`${user.id}` } })
  if (inserted.affectedRows === 1)
    return complete(tx, { userId, organizationId: null, membershipId: null }, address)
  // Somebody else made them in this instant: wait for that to be over, and take theirs.
  const made = await lockFamily(tx, address)
  return made && complete(tx, made, address)
}

type Family = { userId: string; organizationId: string | null; membershipId: string | null }

/** The user's row is locked first and alone; whoever comes second reads what the first has written. */
async function lockFamily(tx: Queryable, email: string): Promise<Family | null> {
  const [locked] = await tx
    .select({ id: user.id })
    .from(user)
    // An index on e-mail serves this in every collation of Course Builder's, which all ignore case; equality of the
    // lower-case text keeps apart what a collation takes for the same (é and e).
    .where(and(eq(user.email, email), sql`lower(${user.email}) = ${email} collate utf8mb4_bin`))
    .for('update')
  if (!locked) return null
  const [family] = await tx
    .select({ organizationId: organization.id, membershipId: organizationMembership.id })
    .from(organizationMembership)
    .innerJoin(organization, eq(organization.id, organizationMembership.organizationId))
    .where(
      and(
        eq(organizationMembership.userId, locked.id),
        // Before version 3 Course Builder marked it by its name alone; who was invited to another's is not at home there.
        sql`(${organization.personalOrganizationUserId} = ${locked.id} or (${organization.personalOrganizationUserId} is null and ${organization.name} like 'Personal (%' and ${organizationMembership.invitedById} = ${locked.id}))`,
      ),
    )
    .orderBy(sql`${organization.personalOrganizationUserId} is null, ${organization.createdAt}`)
    .limit(1)
  if (family) return { userId: locked.id, ...family }
  // Theirs, though they are no member of it: there can be no second one.
  const [own] = await tx
    .select({ id: organization.id })
    .from(organization)
    .where(eq(organization.personalOrganizationUserId, locked.id))
  return { userId: locked.id, organizationId: own?.id ?? null, membershipId: null }
}

async function complete(tx: Queryable, family: Family, email: string): Promise<Buyer> {
  const { userId } = family
  if (family.organizationId && family.membershipId) {
    return { userId, organizationId: family.organizationId, membershipId: family.membershipId }
  }
  const organizationId = family.organizationId ?? (await createOrganization(tx, userId, email))
  const membershipId = randomUUID()
  await tx.insert(organizationMembership).values({
    id: membershipId,
    organizationId,
    userId,
    invitedById: userId,
    role: 'user',
    personalOrganizationUserId: userId,
  })
  const roles = await createRoles(tx, organizationId, family.organizationId !== null)
  await tx
    .insert(organizationMembershipRole)
    .values(roles.map((roleId) => ({ organizationMembershipId: membershipId, roleId, organizationId })))
  return { userId, organizationId, membershipId }
}

async function createOrganization(tx: Queryable, userId: string, email: string): Promise<string> {
  const id = randomUUID()
  await tx
    .insert(organization)
    .values({ id, name: `Personal (${email})`.slice(0, 255), personalOrganizationUserId: userId })
  return id
}

/** The ids of an organization's roles; one that existed before may have them already. */
async function createRoles(tx: Queryable, organizationId: string, existed: boolean): Promise<string[]> {
  const roles = ROLES.map((name) => ({ id: randomUUID(), organizationId, name }))
  await tx
    .insert(role)
    .values(roles)
    .onDuplicateKeyUpdate({ set: { id: sql`${role.id}` } })
  if (!existed) return roles.map(({ id }) => id)
  const rows = await tx
    .select({ id: role.id })
    .from(role)
    .where(and(eq(role.organizationId, organizationId), inArray(role.name, [...ROLES])))
  return rows.map(({ id }) => id)
}
