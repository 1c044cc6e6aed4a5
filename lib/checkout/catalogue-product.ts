import 'server-only'
import { tz } from '@date-fns/tz'
import { isValid, parseISO } from 'date-fns'
import { z } from 'zod'
import { fromJson } from '@/db/json'
import type { ProductRow } from '@/db/schema'
import type { Workshop } from '@/lib/contract/types'
import type { ProductConfig, WorkshopDeclaration } from '@/lib/contract/workshop'
import { isTimeZone } from '@/lib/pricing/early-bird'
import { tierCodes } from '@/lib/pricing/tiers'

/** Everything that selling one product needs to know, from the database; where it is silent, from the declaration. */
export type CatalogueProduct = {
  id: string
  name: string
  type: string
  /** Whether a checkout may be asked for: a subscription of Course Builder's, or a course that it sells nowhere, is none of ours and no mistake of ours. */
  isForSale: boolean
  workshop: Workshop
  /** Neither an event nor a declaration says when it takes place; its instants are the product's own. */
  undated: boolean
  /** ISO 8601. When it is over, as far as anybody says so. */
  endsAt: string | undefined
  stripeProductId: string | null
  stripePriceId: string | null
  merchantAccountId: string
  merchantProductId: string
  config: ProductConfig
  /** Codes that are tied to a tier of another workshop. */
  tiedElsewhere: string[]
  /** Seats in all; -1 means unlimited. */
  capacity: number
  state: string | undefined
  openEnrollment: string | undefined
  closeEnrollment: string | undefined
  howToJoin: string | undefined
  replyTo: string | undefined
  redeemUrl: string | undefined
}

const NOBODY_KNOWS = 'unknown'
/** Course Builder's type of a workshop. */
const LIVE = 'live'
/** Its types of what else it has; of them only a membership is paid again and again. */
const MEMBERSHIP = 'membership'
const COURSES = new Set(['self-paced', 'cohort', 'cohort-archive', 'source-code-access'])

/** One row of the catalogue's statement. */
type Row = {
  product: ProductRow
  config: unknown
  others: unknown
  merchantProductId: string | null
  merchantAccountId: string | null
  stripeProductId: string | null
  stripePriceId: string | null
  event: unknown
}

// Rows are written by hand as well. What is no use counts as not being there: it keeps no paid sale from being recorded.
const text = z.string().trim().min(1).optional().catch(undefined)
const productFields = z
  .object({ slug: text, state: text, openEnrollment: text, closeEnrollment: text })
  .catch({})
const eventFields = z
  .object({ title: text, slug: text, state: text, startsAt: text, endsAt: text, timezone: text })
  .catch({})
const tiers = z
  .object({
    member: text,
    earlyBirdMember: text,
    earlyBird: text,
    ppp: z.record(z.string(), text).transform(withoutUndefined).catch({}),
  })
  .transform(withoutUndefined)
const ownConfig = z
  .object({ paymentLink: text, earlyBirdEndDate: text, coupons: tiers.optional().catch(undefined) })
  .transform(withoutUndefined)
const otherCoupons = z.array(z.preprocess(fromJson, tiers.nullable().catch(null))).nullable()

type Defined<T> = { [name in keyof T]: Exclude<T[name], undefined> }

function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>
}

const tiedIn = (others: unknown): string[] =>
  (otherCoupons.parse(fromJson(others)) ?? []).flatMap((coupons) => (coupons ? tierCodes({ coupons }) : []))

/** Any instant of ISO 8601 as one of UTC; one without an offset is meant in the workshop's own zone. */
function instantIn(timeZone: string, written: string | undefined): string | undefined {
  if (!written) return undefined
  const date = parseISO(written, { in: tz(timeZone) })
  return isValid(date) ? new Date(date.getTime()).toISOString() : undefined
}

function hasOnePrice({ product: { type, stripeProductId }, stripePriceId }: Row): boolean {
  if (type === MEMBERSHIP) return false
  return !COURSES.has(type ?? LIVE) || Boolean(stripePriceId ?? stripeProductId)
}

/** A product from what its rows say and, where they are silent, its declaration. */
export function productFrom(row: Row, declared: WorkshopDeclaration[]): CatalogueProduct {
  const own = productFields.parse(row.product.fields ?? {})
  const event = eventFields.parse(row.event ?? {})
  const declaration = declared.find((workshop) => workshop.productId === row.product.id)
  const config = ownConfig.safeParse(fromJson(row.config)).data ?? declaration ?? {}
  const timeZone = [event.timezone, declaration?.timeZone].find((zone) => zone && isTimeZone(zone)) ?? 'UTC'
  const instant = (written: string | undefined) => instantIn(timeZone, written)
  const dated = instant(event.startsAt) ?? declaration?.startsAt
  const endsAt = instant(event.endsAt) ?? declaration?.endsAt ?? dated
  const startsAt = dated ?? row.product.createdAt.toISOString()
  const workshop: Workshop = {
    slug: own.slug ?? event.slug ?? declaration?.slug ?? row.product.id,
    productId: row.product.id,
    title: event.title ?? row.product.name,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt ?? startsAt).toISOString(),
    timeZone,
    ...(config.paymentLink && { paymentLink: config.paymentLink }),
  }
  return {
    id: row.product.id,
    name: row.product.name,
    type: row.product.type ?? LIVE,
    isForSale: row.event !== null || row.config !== null || declaration !== undefined || hasOnePrice(row),
    workshop,
    undated: dated === undefined,
    endsAt,
    stripeProductId: row.stripeProductId,
    stripePriceId: row.stripePriceId ?? row.product.stripeProductId,
    merchantAccountId: row.merchantAccountId ?? NOBODY_KNOWS,
    merchantProductId: row.merchantProductId ?? NOBODY_KNOWS,
    config,
    tiedElsewhere: tiedIn(row.others),
    capacity: row.product.quantityAvailable,
    state: own.state ?? event.state,
    openEnrollment: instant(own.openEnrollment),
    closeEnrollment: instant(own.closeEnrollment),
    howToJoin: declaration?.howToJoin,
    replyTo: declaration?.replyTo,
    redeemUrl: declaration?.redeemUrl,
  }
}
