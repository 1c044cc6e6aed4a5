import { TZDate, tzOffset } from '@date-fns/tz'
import type { Money, Workshop } from '@/lib/contract/types'

/** What egghead-next keeps in Edge Config about a workshop on sale: people type it, so every field but the booleans is text. */
export type LiveWorkshop = {
  /** `2026-12-15` */
  date: string
  /** `9:00 AM`, by the clock of `timeZone`; `21:00` too. */
  startTime: string
  endTime: string
  /** `Pacific Time (PST)`, `PT`, `EST`, `America/Los_Angeles` */
  timeZone: string
  /** `UTC-8`, `-08:00`, `-8` */
  utcOffset: string
  isSaleLive: boolean
  isEuFriendly: boolean
  isEarlyBird: boolean
  earlyBirdEndDate?: string | undefined
  /** Stripe's product. */
  productId: string
  /** `499`, `$499`, `1,499.00`: US dollars. */
  workshopPrice: string
  stripePaymentLink: string
  stripeEarlyBirdMemberCouponCode: string
  stripeMemberCouponCode: string
  stripeEarlyBirdCouponCode: string
  stripeEarlyBirdMemberDiscount: string
  stripeMemberDiscount: string
  stripeEarlyBirdNonMemberDiscount: string
  bannerMessage?: string | undefined
}

export type LiveWorkshopOptions = {
  /** The page's own: what stands in its address. */
  slug: string
  title: string
  /** What the page's own code has chosen, as it is appended to the payment link today. */
  couponToApply?: { queryParam: string } | undefined
}

/** The props of `<RegisterButton>` and `<OfferPrice>`. */
export type LiveWorkshopProps = { workshop: Workshop; couponCode?: string }

/** A field of the flag can't be read. The message names the field, what stands there, and what would do. */
export class LiveWorkshopError extends Error {
  override readonly name = 'LiveWorkshopError'
  constructor(
    readonly field: keyof LiveWorkshop,
    value: unknown,
    wanted: string,
  ) {
    super(`LiveWorkshop.${field} is ${JSON.stringify(value) ?? 'missing'}: ${wanted}`)
  }
}

/**
 * An egghead-next page's flag and coupon as props of the components:
 *
 *     <RegisterButton {...fromLiveWorkshop(liveWorkshop, { slug, title, couponToApply })} />
 *
 * A code of one of the flag's own tiers is left out, because who is a member is for the server to say: it gives every
 * visitor the best price that they have a claim to. Any other code (a country's) is passed on.
 *
 * @throws LiveWorkshopError
 */
export function fromLiveWorkshop(live: LiveWorkshop, options: LiveWorkshopOptions): LiveWorkshopProps {
  const timeZone = zoneOf(live)
  const startsAt = instant(live, 'startTime', timeZone)
  const sameDay = instant(live, 'endTime', timeZone)
  const endsAt = sameDay > startsAt ? sameDay : instant(live, 'endTime', timeZone, 1)
  checkOffset(live, startsAt, timeZone)
  const couponCode = codeOf(live, options.couponToApply?.queryParam)
  const { slug, title } = options
  return {
    workshop: {
      slug,
      title,
      timeZone,
      productId: text(live, 'productId', 'a Stripe product, e.g. "prod_…"'),
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      price: priceOf(live),
      ...linkOf(live),
    },
    ...(couponCode && { couponCode }),
  }
}

function text(live: LiveWorkshop, field: keyof LiveWorkshop, wanted: string): string {
  const value: unknown = live[field]
  if (typeof value !== 'string' || value.trim() === '') throw new LiveWorkshopError(field, value, wanted)
  return value.trim()
}

const spoken: [RegExp, string][] = [
  [/^p[sd]?t$|\bpacific\b|\(p[sd]?t\)/i, 'America/Los_Angeles'],
  [/^m[sd]?t$|\bmountain\b|\(m[sd]?t\)/i, 'America/Denver'],
  [/^c[sd]?t$|\bcentral time\b|\(c[sd]t\)/i, 'America/Chicago'],
  [/^e[sd]?t$|\beastern\b|\(e[sd]?t\)/i, 'America/New_York'],
  [/^(uk|bst)$|\b(uk|london|british)\b/i, 'Europe/London'],
  [/^ces?t$|\bcentral european\b/i, 'Europe/Berlin'],
  [/^(utc|gmt)$|\buniversal\b|\bgreenwich\b/i, 'UTC'],
]

/** The IANA zone. `EST` is what people say for New York's time, all the year: the zone's own rules decide about summer. */
function zoneOf(live: LiveWorkshop): string {
  const wanted = 'a time zone, e.g. "America/Los_Angeles" or "Pacific Time (PST)"'
  const name = text(live, 'timeZone', wanted)
  const known = spoken.find(([pattern]) => pattern.test(name))?.[1]
  if (known) return known
  if (name.includes('/') && !Number.isNaN(tzOffset(name, new Date(0)))) return name
  throw new LiveWorkshopError('timeZone', live.timeZone, wanted)
}

function dayOf(live: LiveWorkshop): [year: number, month: number, day: number] {
  const wanted = 'a day that exists, as yyyy-mm-dd'
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text(live, 'date', wanted))
  const [year, month, day] = (match?.slice(1) ?? []).map(Number)
  if (year === undefined || month === undefined || day === undefined)
    throw new LiveWorkshopError('date', live.date, wanted)
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day || month > 12 || month < 1)
    throw new LiveWorkshopError('date', live.date, wanted)
  return [year, month - 1, day]
}

function instant(live: LiveWorkshop, field: 'startTime' | 'endTime', timeZone: string, later = 0): Date {
  const wanted = 'a time of day, e.g. "9:00 AM" or "21:00"'
  const match = /^(\d{1,2})(?::(\d{2}))?\s*([ap])?\.?(?:m\.?)?(?:\s+[A-Z]{2,4})?$/i.exec(
    text(live, field, wanted),
  )
  const [, hours = '', minutes = '0', half] = match ?? []
  const hour = half ? (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hours)
  const twelve = half && (Number(hours) < 1 || Number(hours) > 12)
  if (!match || twelve || hour > 23 || Number(minutes) > 59)
    throw new LiveWorkshopError(field, live[field], wanted)
  if (!half && !match[2]) throw new LiveWorkshopError(field, live[field], wanted)
  const [year, month, day] = dayOf(live)
  return new Date(new TZDate(year, month, day + later, hour, Number(minutes), timeZone).getTime())
}

/** An hour's difference is an offset that nobody changed in spring; more means that one of the two is wrong. */
function checkOffset(live: LiveWorkshop, at: Date, timeZone: string): void {
  const wanted = `an offset such as "UTC-8", in step with timeZone ${JSON.stringify(live.timeZone)}`
  const match = /^(?:UTC|GMT)?\s*(?:([+\-−±])?\s*(\d{1,2})(?::?(\d{2}))?)?$/i.exec(
    text(live, 'utcOffset', wanted),
  )
  if (!match) throw new LiveWorkshopError('utcOffset', live.utcOffset, wanted)
  const [, sign, hours = '0', minutes = '0'] = match
  const said = (sign === '-' || sign === '−' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  if (Math.abs(said - tzOffset(timeZone, at)) > 60)
    throw new LiveWorkshopError('utcOffset', live.utcOffset, wanted)
}

function priceOf(live: LiveWorkshop): Money {
  const wanted = 'an amount of US dollars, e.g. "499" or "$499.50"'
  const match = /^(?:USD\s*)?\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,6})(?:\.(\d{1,2}))?(?:\s*USD)?$/i.exec(
    text(live, 'workshopPrice', wanted),
  )
  if (!match) throw new LiveWorkshopError('workshopPrice', live.workshopPrice, wanted)
  const [, dollars = '', cents = ''] = match
  return { amount: Number(dollars.replaceAll(',', '')) * 100 + Number(cents.padEnd(2, '0')), currency: 'usd' }
}

/** Without a link there is no way around our checkout; anything but an https address is a mistake. */
function linkOf(live: LiveWorkshop): { paymentLink?: string } {
  const link = live.stripePaymentLink?.trim()
  if (!link) return {}
  if (!/^https:\/\/[^\s]+$/.test(link))
    throw new LiveWorkshopError(
      'stripePaymentLink',
      live.stripePaymentLink,
      'an address that begins with https://',
    )
  return { paymentLink: link }
}

function codeOf(live: LiveWorkshop, queryParam: string | undefined): string | undefined {
  const code = new URLSearchParams(queryParam ?? '').get('prefilled_promo_code')?.trim()
  if (!code || code === 'undefined' || code === 'null') return undefined
  const tiers = [
    live.stripeEarlyBirdMemberCouponCode,
    live.stripeMemberCouponCode,
    live.stripeEarlyBirdCouponCode,
  ]
  return tiers.includes(code) ? undefined : code
}
