import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import * as tables from '@/db/schema'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { toMajor } from '@/lib/pricing/money'
import type { StripeIds } from './stripe'

const ACCOUNT_ID = 'ma_workshops'

/** Writes the rows of one workshop as Course Builder's own editor would; run again, it brings them up to date. */
export async function seedRows(
  db: Database,
  workshop: WorkshopDeclaration,
  stripe: StripeIds,
): Promise<void> {
  await db
    .insert(tables.merchantAccount)
    .values({ id: ACCOUNT_ID, status: 1, label: 'stripe', identifier: 'workshops' })
    .onDuplicateKeyUpdate({ set: { label: 'stripe' } })
  await seedProduct(db, workshop, stripe)
  await seedPrice(db, workshop, stripe)
  await seedEvent(db, workshop)
}

async function seedProduct(db: Database, workshop: WorkshopDeclaration, { priceId, paymentLink }: StripeIds) {
  const { slug, title, summary, openEnrollment, closeEnrollment, earlyBirdEndDate, coupons, capacity } =
    workshop
  const row = {
    name: title,
    type: 'live',
    status: 1,
    quantityAvailable: capacity ?? -1,
    stripeProductId: priceId,
    fields: {
      slug,
      state: 'published',
      visibility: 'public',
      description: summary,
      ...(openEnrollment && { openEnrollment }),
      ...(closeEnrollment && { closeEnrollment }),
    },
  }
  await db
    .insert(tables.product)
    .values({ id: workshop.productId, ...row })
    .onDuplicateKeyUpdate({ set: row })
  const config = {
    paymentLink: workshop.paymentLink ?? paymentLink,
    ...(earlyBirdEndDate && { earlyBirdEndDate }),
    ...(coupons && { coupons }),
  }
  await db
    .insert(tables.checkoutProduct)
    .values({ productId: workshop.productId, config })
    .onDuplicateKeyUpdate({ set: { config } })
}

async function seedPrice(db: Database, { productId, price, slug }: WorkshopDeclaration, stripe: StripeIds) {
  const merchantProductId = `mp_${slug}`
  const priceRow = `price_${slug}`
  const { merchantProduct, merchantPrice } = tables
  await db
    .insert(merchantProduct)
    .values({
      id: merchantProductId,
      merchantAccountId: ACCOUNT_ID,
      productId,
      status: 1,
      identifier: stripe.productId,
    })
    .onDuplicateKeyUpdate({ set: { status: 1 } })
  await db
    .update(merchantPrice)
    .set({ status: 0 })
    .where(
      sql`${merchantPrice.merchantProductId} = ${merchantProductId} and ${merchantPrice.identifier} <> ${stripe.priceId}`,
    )
  await db
    .insert(merchantPrice)
    .values({
      id: `mpr_${stripe.priceId}`,
      merchantAccountId: ACCOUNT_ID,
      merchantProductId,
      status: 1,
      identifier: stripe.priceId,
      priceId: priceRow,
    })
    .onDuplicateKeyUpdate({ set: { status: 1 } })
  // Whole units, for Course Builder's own pages; what is charged is Stripe's price.
  const unitAmount = toMajor(price)
  await db
    .insert(tables.price)
    .values({ id: priceRow, productId, nickname: slug, status: 1, unitAmount })
    .onDuplicateKeyUpdate({ set: { unitAmount } })
}

async function seedEvent(
  db: Database,
  { slug, title, summary, startsAt, endsAt, timeZone, productId }: WorkshopDeclaration,
) {
  const id = `event_${slug}`
  const fields = {
    title,
    slug,
    description: summary,
    state: 'published',
    visibility: 'public',
    startsAt,
    endsAt,
    timezone: timeZone,
  }
  await db
    .insert(tables.contentResource)
    .values({ id, type: 'event', createdById: 'u_seed', fields })
    .onDuplicateKeyUpdate({ set: { fields } })
  await db
    .insert(tables.contentResourceProduct)
    .values({ productId, resourceId: id })
    .onDuplicateKeyUpdate({ set: { position: 0 } })
}
