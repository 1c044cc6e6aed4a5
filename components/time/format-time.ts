/** Dates and times for people. Without a locale they are British: "Tuesday 9 December, 10:00". */

type Options = {
  timeZone: string
  locale?: string | undefined
  /** Absent where it goes without saying. */
  year?: 'numeric' | undefined
}

const format = (iso: string, { timeZone, locale = 'en-GB' }: Options, parts: Intl.DateTimeFormatOptions) =>
  new Date(iso).toLocaleString(locale, { timeZone, ...parts })

/** "9 December" */
export const formatDate = (iso: string, options: Options): string =>
  format(iso, options, { day: 'numeric', month: 'long', year: options.year })

/** "Tuesday 9 December" */
export const formatDay = (iso: string, options: Options): string =>
  // Intl puts a comma after the weekday in some locales, and none in others; day and month stay in its order.
  `${format(iso, options, { weekday: 'long' })} ${formatDate(iso, options)}`

/** "10:00" */
export const formatTime = (iso: string, options: Options): string =>
  format(iso, options, { timeStyle: 'short' })

/** "UTC+1" */
export const formatOffset = (iso: string, { timeZone }: Options): string =>
  // Of "12/9/2026, 10:00:00 AM GMT+1".
  format(iso, { timeZone, locale: 'en-US' }, { timeZoneName: 'shortOffset' })
    .replace(/.*(GMT|UTC)/, 'UTC')
    .replace('-', '−')

/** "Tuesday 9 December, 10:00" */
export const formatMoment = (iso: string, options: Options): string =>
  `${formatDay(iso, options)}, ${formatTime(iso, options)}`

/**
 * "Tuesday 9 December, 10:00–15:00", with its year where that is not the present one. An evening that ends after
 * midnight is one evening; what takes longer names both days.
 */
export function formatRange(startsAt: string, endsAt: string, { timeZone, locale }: Options): string {
  const isThisYear = new Date(startsAt).getUTCFullYear() === new Date().getUTCFullYear()
  const options: Options = { timeZone, locale, year: isThisYear ? undefined : 'numeric' }
  return (
    formatMoment(startsAt, options) +
    (Date.parse(endsAt) - Date.parse(startsAt) < 86_400_000
      ? `–${formatTime(endsAt, options)}`
      : ` – ${formatMoment(endsAt, options)}`)
  )
}

/** "Los Angeles", of `America/Los_Angeles`. */
export const placeOf = (timeZone: string): string =>
  (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')
