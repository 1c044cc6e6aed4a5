import { boolean, index, primaryKey, text, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import { createdAt, fields, id, longId, moment, now } from './columns'
import { sharedTable } from './prefix'

export const user = sharedTable('User', {
  id: longId().primaryKey(),
  name: longId('name'),
  role: varchar('role', { length: 191 }).notNull().default('user'),
  email: longId('email').notNull().unique(),
  fields: fields(),
  emailVerified: moment('emailVerified'),
  image: longId('image'),
  createdAt: createdAt(),
})

export const organization = sharedTable(
  'Organization',
  {
    id: longId().primaryKey(),
    name: longId('name'),
    personalOrganizationUserId: longId('personalOrganizationUserId'),
    fields: fields(),
    image: longId('image'),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('personalOrganizationUserId_idx').on(table.personalOrganizationUserId)],
)

export const organizationMembership = sharedTable(
  'OrganizationMembership',
  {
    id: longId().primaryKey(),
    organizationId: id('organizationId'),
    role: varchar('role', { length: 191 }).notNull().default('user'),
    invitedById: longId('invitedById').notNull(),
    userId: longId('userId').notNull(),
    personalOrganizationUserId: longId('personalOrganizationUserId'),
    fields: fields(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('personalOrganizationUserId_idx').on(table.personalOrganizationUserId),
    index('checkout_membership_user_idx').on(table.userId),
    index('organizationId_idx').on(table.organizationId),
  ],
)

export const role = sharedTable(
  'Role',
  {
    id: longId().primaryKey(),
    organizationId: id('organizationId'),
    name: longId('name').notNull(),
    description: text('description'),
    active: boolean('active').notNull().default(true),
    createdAt: createdAt(),
    updatedAt: moment('updatedAt').default(now),
    deletedAt: moment('deletedAt'),
  },
  (table) => [uniqueIndex('unique_name_per_org').on(table.organizationId, table.name)],
)

export const organizationMembershipRole = sharedTable(
  'OrganizationMembershipRole',
  {
    organizationMembershipId: longId('organizationMembershipId').notNull(),
    roleId: longId('roleId').notNull(),
    active: boolean('active').notNull().default(true),
    organizationId: id('organizationId'),
    createdAt: createdAt(),
    updatedAt: moment('updatedAt').default(now),
    deletedAt: moment('deletedAt'),
  },
  (table) => [primaryKey({ columns: [table.organizationMembershipId, table.roleId], name: 'pk' })],
)
