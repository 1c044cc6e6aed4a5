/** Dates and times for people. Without a locale they are British: "Tuesday 9 December, 10:00". */

type Options = { timeZone: string; locale?: string | undefined }

const format = (iso: string, { timeZone, locale = 'en-GB' }: Options, parts: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, { timeZone, ...parts }).format(new Date(iso))

/** "9 December" */
export const formatDate = (iso: string, options: Options): string =>
  format(iso, options, { day: 'numeric', month: 'long' })

/** "Tuesday 9 December" */
export const formatDay = (iso: string, options: Options): string =>
  // Intl puts a comma after the weekday in some locales, and none in others; day and month stay in its order.
  `${format(iso, options, { weekday: 'long' })} ${formatDate(iso, options)}`

/** "10:00" */
export const formatTime = (iso: string, options: Options): string =>
  format(iso, options, { timeStyle: 'short' })

/** "UTC+1" */
export function formatOffset(iso: string, { timeZone }: Options): string {
  const name = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'shortOffset' })
    .formatToParts(new Date(iso))
    .find(({ type }) => type === 'timeZoneName')?.value
  return (name ?? 'UTC').replace('GMT', 'UTC').replace('-', '−')
}

/** "Tuesday 9 December, 10:00" */
export const formatMoment = (iso: string, options: Options): string =>
  `${formatDay(iso, options)}, ${formatTime(iso, options)}`

/** "Tuesday 9 December, 10:00–15:00". An evening that ends after midnight is one evening; what takes longer names both days. */
export const formatRange = (startsAt: string, endsAt: string, options: Options): string =>
  formatMoment(startsAt, options) +
  (Date.parse(endsAt) - Date.parse(startsAt) < 86_400_000
    ? `–${formatTime(endsAt, options)}`
    : ` – ${formatMoment(endsAt, options)}`)

/** "Los Angeles", of `America/Los_Angeles`. */
export const placeOf = (timeZone: string): string =>
  (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')
