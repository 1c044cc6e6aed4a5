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

/** "10:00–15:00", or with the day of the end where that is another day. */
export function formatRange(startsAt: string, endsAt: string, options: Options): string {
  const start = formatTime(startsAt, options)
  const sameDay = formatDay(startsAt, options) === formatDay(endsAt, options)
  return sameDay ? `${start}–${formatTime(endsAt, options)}` : `${start} – ${formatMoment(endsAt, options)}`
}

/** "Los Angeles", of `America/Los_Angeles`. */
export const placeOf = (timeZone: string): string =>
  (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')
