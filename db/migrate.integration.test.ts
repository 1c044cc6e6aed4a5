import { readdir, readFile } from 'node:fs/promises'
import type { RowDataPacket } from 'mysql2/promise'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  type CourseBuilderVersion,
  createCourseBuilder,
  fillCourseBuilder,
  VERSIONS,
  withConnection,
} from '@/sandbox/testing/coursebuilder'
import { createTestDatabase, type TestDatabase } from '@/sandbox/testing/database'
import { migrate } from './migrate'
import { applyMigration } from './migrations/apply'

// A MySQL that writes every table through to its disk takes seconds for a whole schema, and more beside other tests.
vi.setConfig({ testTimeout: 120_000 })

const databases: TestDatabase[] = []
afterEach(async () => {
  await Promise.all(databases.splice(0).map(({ drop }) => drop()))
})

async function database(version?: CourseBuilderVersion, rows = false): Promise<string> {
  const made = await createTestDatabase()
  databases.push(made)
  if (version) await createCourseBuilder(made.url, version)
  if (version && rows) await fillCourseBuilder(made.url, version)
  return made.url
}

const read = (url: string, sql: string) =>
  withConnection(url, async (connection) => (await connection.query<RowDataPacket[]>(sql))[0])

const OURS = 'TABLE_SCHEMA = DATABASE()'

/** Everything that information_schema knows of tables, columns and indexes: the name, and what it is. */
async function structureOf(url: string): Promise<Map<string, string>> {
  const tables = await read(
    url,
    `SELECT TABLE_NAME AS name, CONCAT_WS(' ', ENGINE, TABLE_COLLATION) AS what FROM information_schema.TABLES WHERE ${OURS}`,
  )
  const columns = await read(
    url,
    `SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) AS name,
            CONCAT_WS(' ', ORDINAL_POSITION, COLUMN_TYPE, COLLATION_NAME, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, GENERATION_EXPRESSION) AS what
       FROM information_schema.COLUMNS WHERE ${OURS} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  )
  const indexes = await read(
    url,
    `SELECT CONCAT(TABLE_NAME, ' index ', INDEX_NAME) AS name,
            CONCAT(MIN(NON_UNIQUE), ' ', GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX)) AS what
       FROM information_schema.STATISTICS WHERE ${OURS} GROUP BY TABLE_NAME, INDEX_NAME`,
  )
  return new Map([...tables, ...columns, ...indexes].map(({ name, what }) => [String(name), String(what)]))
}

/** All rows of these tables, with the columns that they had. */
async function contentOf(url: string, structure: Map<string, string>): Promise<unknown> {
  const columns = [...structure.keys()].filter((name) => /^egghead_\w+\.\w+$/.test(name))
  const byTable = new Map<string, string[]>()
  for (const name of columns) {
    const [table = '', column = ''] = name.split('.')
    byTable.set(table, [...(byTable.get(table) ?? []), `\`${column}\``])
  }
  return withConnection(url, async (connection) => {
    const content: Record<string, unknown> = {}
    for (const [table, names] of byTable) {
      const [rows] = await connection.query(`SELECT ${names.join(', ')} FROM \`${table}\` ORDER BY 1, 2`)
      content[table] = rows
    }
    return content
  })
}

/** The names of what is in one and not in the other. */
const added = (before: Map<string, string>, after: Map<string, string>) =>
  [...after.keys()].filter((name) => !before.has(name)).sort()

/** What Course Builder has not, in any version: the plan's columns, the indexes that our own queries need. */
const ADDED_ALWAYS = [
  'egghead_MerchantPrice index checkout_merchant_price_product_idx',
  'egghead_MerchantProduct index checkout_merchant_product_product_idx',
  'egghead_MerchantSession index checkout_merchant_session_identifier_idx',
  'egghead_OrganizationMembership index checkout_membership_user_idx',
  'egghead_Price index checkout_price_product_idx',
  'egghead_Product index checkout_product_price_idx',
  'egghead_Product.stripeProductId',
  'egghead_Purchase index checkout_purchase_created_idx',
  'egghead_Purchase index checkout_purchase_product_idx',
  'egghead_Purchase index checkout_purchase_session_idx',
  'egghead_Purchase.metadata',
  'egghead_Purchase.stripeChargeId',
  'egghead_Purchase.stripeCouponId',
]
const ADDED = {
  '3.0.1': ADDED_ALWAYS,
  '1.0.7': [
    ...ADDED_ALWAYS,
    'egghead_Organization index personalOrganizationUserId_idx',
    'egghead_Organization.personalOrganizationUserId',
    'egghead_OrganizationMembership index personalOrganizationUserId_idx',
    'egghead_OrganizationMembership.personalOrganizationUserId',
    'egghead_Purchase index idx_Purchase_on_userId_status_productId',
  ].sort(),
} satisfies Record<CourseBuilderVersion, string[]>

/** Whole tables that are ours are told apart by their names. */
const isOfOurTable = (name: string) => /^(checkout_|egghead_PurchaseProduct\b)/.test(name)

describe('an empty database', () => {
  test('gets every table, and nothing the second time', async () => {
    const url = await database()
    const lines: string[] = []
    expect(await migrate(url, (line) => lines.push(line))).toBe(lines.length)
    const tables = [...(await structureOf(url)).keys()].filter((name) => /^\w+$/.test(name))
    expect(tables.filter((name) => name.startsWith('checkout_'))).toHaveLength(8)
    expect(tables.filter((name) => name.startsWith('egghead_'))).toHaveLength(19)
    expect(await migrate(url)).toBe(0)
  })
})

describe.for(VERSIONS)("Course Builder's %s", (version) => {
  test.for([
    ['empty', false],
    ['with its rows', true],
  ] as const)('%s: gets what is missing, and keeps all it had', async ([, rows]) => {
    const url = await database(version, rows)
    const before = await structureOf(url)
    const content = await contentOf(url, before)
    const changes = await migrate(url)
    const after = await structureOf(url)
    for (const [name, what] of before) expect([name, after.get(name)]).toEqual([name, what])
    const names = added(before, after)
    expect(names.filter((name) => !isOfOurTable(name))).toEqual(ADDED[version])
    expect(await contentOf(url, before)).toEqual(content)
    expect(changes).toBeGreaterThan(ADDED[version].length)
    expect(await migrate(url)).toBe(0)
    expect(await structureOf(url)).toEqual(after)
  })

  test('its content is there to be compared', async () => {
    const url = await database(version, true)
    const content = await contentOf(url, await structureOf(url))
    expect(content).toMatchObject({
      egghead_Purchase: [{ id: 'purch_grace', totalAmount: expect.stringMatching(/^109\.450/) }],
    })
    expect(content).toMatchObject({ egghead_User: [{ id: 'u_ada' }, { email: 'Grace.Hopper@Example.com' }] })
  })

  test('two runs at once both succeed, and add everything once', async () => {
    const url = await database(version, true)
    const alone = await migrate(await database(version, true))
    const [one, other] = await Promise.all([migrate(url), migrate(url)])
    expect(one + other).toBe(alone)
    expect(await migrate(url)).toBe(0)
  })

  test('takes back what its own push has dropped', async () => {
    const url = await database(version, true)
    await migrate(url)
    const whole = await structureOf(url)
    await withConnection(url, (connection) =>
      connection.query(`
        ALTER TABLE egghead_Purchase DROP COLUMN stripeChargeId, DROP COLUMN stripeCouponId, DROP COLUMN metadata, DROP INDEX checkout_purchase_product_idx;
        ALTER TABLE egghead_Product DROP COLUMN stripeProductId;
        DROP TABLE egghead_PurchaseProduct`),
    )
    // An index goes with its column.
    expect(await migrate(url)).toBe(8)
    expect([...(await structureOf(url)).keys()].sort()).toEqual([...whole.keys()].sort())
  })
})

test('without the lock, as on Vitess, runs at once neither fail nor add twice', async () => {
  const url = await database('1.0.7', true)
  const folder = new URL('./migrations/', import.meta.url)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const sql = (await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))).join(
    '\n--> statement-breakpoint\n',
  )
  const alone = await migrate(await database('1.0.7', true))
  const run = () => withConnection(url, (connection) => applyMigration(connection, sql, () => undefined))
  const counts = await Promise.all([run(), run(), run()])
  expect(counts.reduce((sum, count) => sum + count)).toBe(alone)
  expect(await migrate(url)).toBe(0)
})

test('a migration that does more than add is refused', async () => {
  const url = await database()
  const drop = withConnection(url, (connection) =>
    applyMigration(connection, 'DROP TABLE `egghead_User`;', () => undefined),
  )
  await expect(drop).rejects.toThrow('more than add')
})
