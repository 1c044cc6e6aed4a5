import { minorUnitExponent } from '@/lib/pricing/money'

/**
 * What the panels ask Prometheus. `$__rate_interval` and `$__range` are Grafana's: long enough for a rate at this zoom, and the whole
 * time that is looked at. Each server counts for itself, so that everything is a sum; what waits in the database is the same whichever is asked.
 */

/** How often something happened in all of the time looked at. */
export const inAll = (series: string, by?: string) =>
  `sum${by ? ` by (${by}) ` : ' '}(increase(${series}[$__range]))`

/** The same, as it went along: per minute. */
export const perMinute = (series: string, by?: string) =>
  `60 * sum${by ? ` by (${by}) ` : ' '}(rate(${series}[$__rate_interval]))`

/** Of a hundred, so many took no longer than this; seconds. */
export const quantile = (share: number, histogram: string, labels = '', by?: string) =>
  `histogram_quantile(${share}, sum by (${by ? `${by}, ` : ''}le) (rate(${histogram}_bucket${labels && `{${labels}}`}[$__rate_interval])))`

/** Never divides by nothing. */
export const ratio = (part: string, whole: string) => `${part} / (${whole} > 0)`

const currencies = Intl.supportedValuesOf('currency').map((code) => code.toLowerCase())
const withPlaces = (places: number) =>
  currencies.filter((code) => minorUnitExponent(code) === places).join('|')

/** Revenue in whole units of each currency, which has no decimals, two or three. */
export const revenueByCurrency = (of: (series: string, by: string) => string) => {
  const [none, three] = [withPlaces(0), withPlaces(3)]
  const series = (match: string) => of(`workshop_revenue_minor_total{currency${match}}`, 'currency')
  return [
    `${series(`!~"${none}|${three}"`)} / 100`,
    series(`=~"${none}"`),
    `${series(`=~"${three}"`)} / 1000`,
  ].join(' or ')
}
