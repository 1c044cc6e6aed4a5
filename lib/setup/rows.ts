import 'server-only'
import { and, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import * as tables from '@/db/schema'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { toMajor } from '@/lib/pricing/money'
import { type Change, difference } from './change'
import type { StripeIds } from './stripe'

const { merchantAccount, merchantPrice, merchantProduct } = tables

/** What the database lacks of one workshop, or has otherwise, written as Course Builder's own editor would. Its own rows are used where it has some. */
export async function planRows(
  db: Database,
  workshop: WorkshopDeclaration,
  stripe: StripeIds,
): Promise<Change[]> {
  const account = await accountOf(db)
  const merchantProductId = await merchantProductOf(db, workshop)
  return [
    ...(await planAccount(db, account)),
    ...(await planProduct(db, workshop, stripe)),
    ...(await planMerchantRows(db, workshop, stripe, account.id, merchantProductId)),
    ...(await planEvent(db, workshop)),
  ]
}

/** The prices that the database calls this workshop's own. */
export async function recordedPrices(db: Database, workshop: WorkshopDeclaration): Promise<Set<string>> {
  const id = await merchantProductOf(db, workshop)
  const rows = await db
    .select({ identifier: merchantPrice.identifier })
    .from(merchantPrice)
    .where(eq(merchantPrice.merchantProductId, id))
  return new Set(rows.flatMap(({ identifier }) => identifier ?? []))
}

type Values = Record<string, unknown>

/** One row: created where there is none, changed where it says otherwise. */
function planRow(
  what: string,
  id: string,
  existing: Values | undefined,
  wanted: Values,
  write: { insert: () => Promise<unknown>; update?: () => Promise<unknown> },
): Change[] {
  const base = { where: 'database', what, id } as const
  if (!existing) {
    const first = Object.entries(wanted).find(([, value]) => typeof value === 'string')
    return [
      { ...base, action: 'create', detail: first ? `${first[0]}: "${first[1]}"` : '', apply: write.insert },
    ]
  }
  const detail = difference(existing, wanted)
  return detail && write.update ? [{ ...base, action: 'change', detail, apply: write.update }] : []
}

async function accountOf(db: Database) {
  const [row] = await db.select().from(merchantAccount).where(eq(merchantAccount.label, 'stripe')).limit(1)
  return { id: row?.id ?? 'ma_workshops', existing: row }
}

async function planAccount(db: Database, { id, existing }: Awaited<ReturnType<typeof accountOf>>) {
  const wanted = { label: 'stripe' }
  const insert = () =>
    db.insert(merchantAccount).values({ id, status: 1, identifier: 'workshops', ...wanted })
  return planRow('MerchantAccount', id, existing, wanted, { insert })
}

async function merchantProductOf(
  db: Database,
  { productId, stripeProductId }: Pick<WorkshopDeclaration, 'productId' | 'stripeProductId'>,
): Promise<string> {
  const [row] = await db
    .select({ id: merchantProduct.id })
    .from(merchantProduct)
    .where(eq(merchantProduct.identifier, stripeProductId))
  return row?.id ?? `mp_${productId}`
}

async function planProduct(
  db: Database,
  workshop: WorkshopDeclaration,
  stripe: StripeIds,
): Promise<Change[]> {
  const { productId, slug, title, summary, openEnrollment, closeEnrollment, earlyBirdEndDate, coupons } =
    workshop
  const [existing] = await db.select().from(tables.product).where(eq(tables.product.id, productId))
  const columns = {
    name: title,
    type: 'live',
    status: 1,
    quantityAvailable: workshop.capacity ?? -1,
    stripeProductId: stripe.priceId,
  }
  // What Course Builder's editor keeps there beside these stays; a date that is no longer declared does not.
  const { openEnrollment: _, closeEnrollment: __, ...kept } = existing?.fields ?? {}
  const fields = {
    ...kept,
    slug,
    state: 'published',
    visibility: 'public',
    description: summary,
    ...(openEnrollment && { openEnrollment }),
    ...(closeEnrollment && { closeEnrollment }),
  }
  const [ours] = await db
    .select()
    .from(tables.checkoutProduct)
    .where(eq(tables.checkoutProduct.productId, productId))
  const config = {
    paymentLink: stripe.paymentLink,
    ...(earlyBirdEndDate && { earlyBirdEndDate }),
    ...(coupons && { coupons }),
  }
  const row = { ...columns, fields }
  return [
    ...planRow('Product', productId, existing, row, {
      insert: () => db.insert(tables.product).values({ id: productId, ...row }),
      update: () => db.update(tables.product).set(row).where(eq(tables.product.id, productId)),
    }),
    ...planRow(
      'checkout_Product',
      productId,
      ours,
      { config },
      {
        insert: () => db.insert(tables.checkoutProduct).values({ productId, config }),
        update: () =>
          db
            .update(tables.checkoutProduct)
            .set({ config })
            .where(eq(tables.checkoutProduct.productId, productId)),
      },
    ),
  ]
}

/** A new price gets a row of its own, and the old one's is switched off, as Course Builder's editor does it. */
async function planMerchantRows(
  db: Database,
  workshop: WorkshopDeclaration,
  stripe: StripeIds,
  merchantAccountId: string,
  merchantProductId: string,
): Promise<Change[]> {
  const { productId, price, slug } = workshop
  const [existing] = await db.select().from(merchantProduct).where(eq(merchantProduct.id, merchantProductId))
  const wanted = { productId, status: 1, identifier: stripe.productId }
  const [priceRow] = await db
    .select()
    .from(tables.price)
    .where(eq(tables.price.productId, productId))
    .limit(1)
  const priceId = priceRow?.id ?? `price_${productId}`
  // Whole units, for Course Builder's own pages; what is charged is Stripe's price.
  const amount = { unitAmount: toMajor(price), status: 1 }
  const prices = await db
    .select()
    .from(merchantPrice)
    .where(eq(merchantPrice.merchantProductId, merchantProductId))
  const present = prices.find(({ identifier }) => identifier === stripe.priceId)
  const old = prices.filter((row) => row !== present && row.status === 1)
  return [
    ...planRow('MerchantProduct', merchantProductId, existing, wanted, {
      insert: () =>
        db.insert(merchantProduct).values({ id: merchantProductId, merchantAccountId, ...wanted }),
      update: () => db.update(merchantProduct).set(wanted).where(eq(merchantProduct.id, merchantProductId)),
    }),
    ...planRow('Price', priceId, priceRow, amount, {
      insert: () => db.insert(tables.price).values({ id: priceId, productId, nickname: slug, ...amount }),
      update: () => db.update(tables.price).set(amount).where(eq(tables.price.id, priceId)),
    }),
    ...planRow(
      'MerchantPrice',
      stripe.priceId,
      present,
      { status: 1 },
      {
        insert: () =>
          db.insert(merchantPrice).values({
            id: `mpr_${stripe.priceId}`,
            merchantAccountId,
            merchantProductId,
            status: 1,
            identifier: stripe.priceId,
            priceId,
          }),
        update: () =>
          db.update(merchantPrice).set({ status: 1 }).where(eq(merchantPrice.identifier, stripe.priceId)),
      },
    ),
    ...old.map(
      (row): Change => ({
        action: 'deactivate',
        where: 'database',
        what: 'MerchantPrice',
        id: row.identifier ?? row.id,
        detail: 'no longer the active price',
        apply: () => db.update(merchantPrice).set({ status: 0 }).where(eq(merchantPrice.id, row.id)),
      }),
    ),
  ]
}

async function planEvent(db: Database, workshop: WorkshopDeclaration): Promise<Change[]> {
  const { slug, title, summary, startsAt, endsAt, timeZone, productId } = workshop
  const { contentResource, contentResourceProduct } = tables
  const [linked] = await db
    .select({ event: contentResource })
    .from(contentResourceProduct)
    .innerJoin(contentResource, eq(contentResource.id, contentResourceProduct.resourceId))
    .where(and(eq(contentResourceProduct.productId, productId), eq(contentResource.type, 'event')))
    .limit(1)
  const id = linked?.event.id ?? `event_${productId}`
  const [existing] = linked
    ? [linked.event]
    : await db.select().from(contentResource).where(eq(contentResource.id, id))
  const fields = {
    ...existing?.fields,
    title,
    slug,
    description: summary,
    state: 'published',
    visibility: 'public',
    startsAt,
    endsAt,
    timezone: timeZone,
  }
  return [
    ...planRow(
      'ContentResource',
      id,
      existing,
      { fields },
      {
        insert: () =>
          db.insert(contentResource).values({ id, type: 'event', createdById: 'u_setup', fields }),
        update: () => db.update(contentResource).set({ fields }).where(eq(contentResource.id, id)),
      },
    ),
    ...planRow(
      'ContentResourceProduct',
      id,
      linked && { productId },
      { productId },
      {
        insert: () => db.insert(contentResourceProduct).values({ productId, resourceId: id }),
      },
    ),
  ]
}
