import mysql from 'mysql2/promise'

/** The numbers from 0, as many as there are rows to be made. */
const numbers = (count: number) => {
  const places = Math.max(1, Math.ceil(Math.log10(count)))
  const digit =
    '(select 0 d union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9)'
  const digits = Array.from({ length: places }, (_, place) => `${digit} d${place}`).join(' cross join ')
  const value = Array.from({ length: places }, (_, place) => `d${place}.d * ${10 ** place}`).join(' + ')
  return `(select ${value} as n from ${digits} having n < ${count}) numbers`
}

type Rows = [table: string, columns: string, values: string]

/** Every thousandth sale has a workshop of its own, as the set-up leaves it; what it was sold from stays in the catalogue. */
const rowsOfAWorkshop: Rows[] = [
  [
    'egghead_Product',
    'id, name, type, status, quantityAvailable, stripeProductId, fields',
    `concat('product_past_', n), 'Past', 'live', 1, 1000, concat('price_past_', n), json_object('slug', concat('past-', n), 'state', 'published')`,
  ],
  [
    'egghead_MerchantProduct',
    'id, merchantAccountId, productId, status, identifier',
    `concat('mp_past_', n), 'ma_workshops', concat('product_past_', n), 1, concat('prod_past_', n)`,
  ],
  [
    'egghead_MerchantPrice',
    'id, merchantAccountId, merchantProductId, status, identifier',
    `concat('mpr_past_', n), 'ma_workshops', concat('mp_past_', n), 1, concat('price_past_', n)`,
  ],
  [
    'egghead_ContentResource',
    'id, type, createdById, fields',
    `concat('event_past_', n), 'event', 'u_past', json_object('title', 'Past', 'slug', concat('past-', n), 'state', 'published', 'startsAt', '2026-01-02T03:04:05.000Z', 'endsAt', '2026-01-02T07:04:05.000Z', 'timezone', 'UTC')`,
  ],
  [
    'egghead_ContentResourceProduct',
    'productId, resourceId',
    `concat('product_past_', n), concat('event_past_', n)`,
  ],
  ['checkout_Product', 'productId, config', `concat('product_past_', n), '{}'`],
]

/** A thousand buyers a workshop, each with a row wherever a sale leaves one. */
const rowsOfASale: Rows[] = [
  ['egghead_User', 'id, email, name', `concat('u_past_', n), concat('past.', n, '@example.com'), 'Past'`],
  [
    'egghead_Organization',
    'id, name, personalOrganizationUserId',
    `concat('org_past_', n), concat('Personal (past.', n, '@example.com)'), concat('u_past_', n)`,
  ],
  [
    'egghead_OrganizationMembership',
    'id, organizationId, invitedById, userId, personalOrganizationUserId',
    `concat('om_past_', n), concat('org_past_', n), concat('u_past_', n), concat('u_past_', n), concat('u_past_', n)`,
  ],
  [
    'egghead_Coupon',
    'id, maxUses, percentageDiscount, restrictedToProductId',
    `concat('coupon_past_', n), 5, 1.0, concat('product_past_', n div 1000)`,
  ],
  ['egghead_Role', 'id, organizationId, name', `concat('role_past_', n), concat('org_past_', n), 'owner'`],
  [
    'egghead_OrganizationMembershipRole',
    'organizationMembershipId, roleId, organizationId',
    `concat('om_past_', n), concat('role_past_', n), concat('org_past_', n)`,
  ],
  [
    'egghead_MerchantCustomer',
    'id, userId, merchantAccountId, identifier',
    `concat('mcus_past_', n), concat('u_past_', n), 'ma_workshops', concat('cus_past_', n)`,
  ],
  [
    'egghead_MerchantCharge',
    'id, identifier, userId, merchantAccountId, merchantProductId, merchantCustomerId',
    `concat('mc_past_', n), concat('ch_past_', n), concat('u_past_', n), 'ma_workshops', concat('mp_past_', n div 1000), concat('mcus_past_', n)`,
  ],
  [
    'egghead_MerchantSession',
    'id, identifier, merchantAccountId',
    `concat('ms_past_', n), concat('cs_past_', n), 'ma_workshops'`,
  ],
  [
    'egghead_Purchase',
    'id, userId, organizationId, productId, merchantChargeId, merchantSessionId, totalAmount, status, createdAt',
    `concat('purch_past_', n), concat('u_past_', n), concat('org_past_', n), concat('product_past_', n div 1000), concat('mc_past_', n), concat('ms_past_', n), 499, 'Valid', '2026-01-02 03:04:05'`,
  ],
  [
    'egghead_PurchaseProduct',
    'id, purchaseId, productId',
    `concat('pp_past_', n), concat('purch_past_', n), concat('product_past_', n div 1000)`,
  ],
  [
    'checkout_Session',
    'id, attemptKey, sessionId, status, productId, source, visitorId, expiresAt, paymentIntentId, chargeId, purchaseId, createdAt',
    `concat('chk_past_', n), sha2(concat('past', n), 256), concat('cs_past_', n), if(n % 3 = 0, 'expired', 'complete'), concat('product_past_', n div 1000), 'session', concat('visitor_', n), 1767323045, concat('pi_past_', n), concat('ch_past_', n), concat('purch_past_', n), '2026-01-02 03:04:05'`,
  ],
  [
    'checkout_StripeEvent',
    'id, type, created, objectId, payload, status, nextAttemptAt, receivedAt, trimmed',
    `concat('evt_past_', n), 'checkout.session.completed', 1767323045, concat('cs_past_', n), '{}', 'processed', '2026-01-02 03:04:05', '2026-01-02 03:04:05', true`,
  ],
  [
    'checkout_Outbox',
    'id, kind, payload, status, nextAttemptAt, createdAt, trimmed',
    `concat('confirmation:purch_past_', n), 'email.confirmation', '{}', 'sent', '2026-01-02 03:04:05', '2026-01-02 03:04:05', true`,
  ],
  [
    'checkout_Exposure',
    'visitorId, productId, variant, shownAt',
    `concat('visitor_', n), concat('product_past_', n div 1000), 'session', utc_timestamp(3) - interval (n % 100) day`,
  ],
  ['checkout_RateLimit', '`key`, points, expire', `concat('checkout_limit:past:', n), 1, 4000000000000`],
]

/** So many rows at a time: a longer statement keeps as much to undo. */
const BATCH = 50_000
const A_WORKSHOP = 1000

/** Fills the tables with past sales, and has the server count them. A million take some minutes and about six gigabytes. */
export async function addManySales(databaseUrl: string, count: number): Promise<void> {
  // Two at once: a server writes with one core a connection.
  const half = Math.ceil(rowsOfASale.length / 2)
  const halves = [rowsOfASale.slice(0, half), rowsOfASale.slice(half)]
  await Promise.all(halves.map((tables) => fill(databaseUrl, tables, count)))
  await fill(databaseUrl, rowsOfAWorkshop, Math.ceil(count / A_WORKSHOP))
}

async function fill(databaseUrl: string, tables: Rows[], count: number): Promise<void> {
  const connection = await mysql.createConnection(databaseUrl)
  try {
    // The names are made of the numbers: nothing is there twice.
    await connection.query('set unique_checks = 0')
    for (const [table, columns, values] of tables) {
      for (let from = 0; from < count; from += BATCH) {
        const shifted = values.replaceAll(/\bn\b/g, `(n + ${from})`)
        const rows = `select ${shifted} from ${numbers(Math.min(BATCH, count - from))}`
        await connection.query(`insert into \`${table}\` (${columns}) ${rows}`)
      }
      await connection.query(`analyze table \`${table}\``)
    }
  } finally {
    await connection.end()
  }
}
