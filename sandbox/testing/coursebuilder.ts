import { readFile } from 'node:fs/promises'
import mysql, { type Connection, type ResultSetHeader } from 'mysql2/promise'

/** The published packages whose table definitions we know. */
export const VERSIONS = ['1.0.7', '3.0.1'] as const
export type CourseBuilderVersion = (typeof VERSIONS)[number]

/** Creates the tables that Course Builder itself creates, as its package of that version defines them. */
export async function createCourseBuilder(url: string, version: CourseBuilderVersion): Promise<void> {
  const file = new URL(`../../db/testing/coursebuilder/schema-${version}.sql`, import.meta.url)
  const sql = await readFile(file, 'utf8')
  await withConnection(url, async (connection) => {
    // The one expression of it that MariaDB doesn't know.
    await connection.query(sql.replace(/(\w+)->>('[^']+')/g, 'json_unquote(json_extract($1, $2))'))
  })
}

export async function withConnection<T>(
  url: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true, timezone: 'Z' })
  try {
    return await work(connection)
  } finally {
    await connection.end()
  }
}

/** Rows as Course Builder's apps leave them: addresses as they were typed, personal organizations, a sale with all that hangs on it. */
export async function fillCourseBuilder(url: string, version: CourseBuilderVersion): Promise<void> {
  await withConnection(url, async (connection) => {
    const insert = (table: string, ...rows: Record<string, unknown>[]) =>
      Promise.all(
        rows.map((row) =>
          connection.query<ResultSetHeader>('INSERT INTO ?? SET ?', [`egghead_${table}`, row]),
        ),
      )
    const personal = version === '3.0.1' ? { personalOrganizationUserId: 'u_grace' } : {}
    await insert(
      'User',
      { id: 'u_grace', name: 'Grace', email: 'Grace.Hopper@Example.com', fields: '{}' },
      { id: 'u_ada', email: 'ada@example.com' },
    )
    await insert(
      'Organization',
      { id: 'org_grace', name: 'Personal (Grace.Hopper@Example.com)', ...personal },
      { id: 'org_acme', name: 'Acme' },
    )
    await insert(
      'OrganizationMembership',
      { id: 'om_grace', organizationId: 'org_grace', userId: 'u_grace', invitedById: 'u_grace', ...personal },
      { id: 'om_acme', organizationId: 'org_acme', userId: 'u_grace', invitedById: 'u_ada' },
    )
    await insert('MerchantAccount', { id: 'ma_theirs', label: 'stripe', status: 1 })
    await insert('Product', {
      id: 'product_theirs',
      name: 'A course',
      type: 'self-paced',
      fields: '{"slug":"a-course","state":"published"}',
      quantityAvailable: -1,
    })
    await insert('Price', { id: 'price_theirs', productId: 'product_theirs', unitAmount: '199.00' })
    await insert('MerchantProduct', {
      id: 'mp_theirs',
      merchantAccountId: 'ma_theirs',
      productId: 'product_theirs',
      identifier: 'prod_theirs',
    })
    await insert('MerchantPrice', {
      id: 'mpr_theirs',
      merchantAccountId: 'ma_theirs',
      merchantProductId: 'mp_theirs',
      priceId: 'price_theirs',
      identifier: 'price_1theirs',
    })
    await insert('MerchantCoupon', {
      id: 'mcoup_theirs',
      merchantAccountId: 'ma_theirs',
      identifier: 'coupon_ppp',
      type: 'ppp',
      percentageDiscount: '0.45',
    })
    await insert(
      'Coupon',
      { id: 'coupon_theirs', code: 'Spring', merchantCouponId: 'mcoup_theirs', percentageDiscount: '0.45' },
      { id: 'coupon_bulk', maxUses: 5, percentageDiscount: '1.0' },
    )
    await insert('MerchantCustomer', {
      id: 'mcus_grace',
      userId: 'u_grace',
      merchantAccountId: 'ma_theirs',
      identifier: 'cus_grace',
    })
    await insert('MerchantCharge', {
      id: 'mc_grace',
      userId: 'u_grace',
      merchantAccountId: 'ma_theirs',
      merchantProductId: 'mp_theirs',
      merchantCustomerId: 'mcus_grace',
      identifier: 'ch_grace',
    })
    await insert('Purchase', {
      id: 'purch_grace',
      userId: 'u_grace',
      organizationId: 'org_grace',
      productId: 'product_theirs',
      merchantChargeId: 'mc_grace',
      totalAmount: '109.45',
      createdAt: '2024-02-29 12:34:56.789',
    })
    await insert('ContentResource', {
      id: 'post_theirs',
      type: 'post',
      createdById: 'u_grace',
      fields: '{"slug":"hello","title":"Hello"}',
    })
  })
}
