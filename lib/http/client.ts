import 'server-only'
import { isIP } from 'node:net'

type Trust = { ipHeader?: string | undefined; countryHeader?: string | undefined; vercel: boolean }

/**
 * The visitor's address, believed only where the deployment says which header carries it. A route handler is not told the
 * socket's own; where no header is named, the address is unknown and nothing is counted or held by it.
 */
export function clientAddress(headers: Headers, trust: Trust): string | undefined {
  const name = trust.ipHeader ?? (trust.vercel ? 'x-real-ip' : undefined)
  const value = name && headers.get(name)?.split(',')[0]?.trim()
  return value && isIP(value) !== 0 ? value : undefined
}

/** ISO 3166-1 alpha-2, from the platform's header alone. Without one there is no country, and no country price. */
export function clientCountry(headers: Headers, trust: Trust): string | undefined {
  const name = trust.countryHeader ?? (trust.vercel ? 'x-vercel-ip-country' : undefined)
  const value = name && headers.get(name)?.trim().toUpperCase()
  return value && /^[A-Z]{2}$/.test(value) && value !== 'XX' ? value : undefined
}
