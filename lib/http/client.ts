import 'server-only'
import { isIP } from 'node:net'
import { socketAddress } from './socket-address'

type Trust = { ipHeader?: string | undefined; countryHeader?: string | undefined; vercel: boolean }

/**
 * The visitor's address: from the header that the deployment names, or the platform's own; where there is neither, the socket's.
 * Undefined where the named header says nothing of use: whoever speaks to us then is not the visitor.
 */
export function clientAddress(headers: Headers, trust: Trust): string | undefined {
  const name = trust.ipHeader ?? (trust.vercel ? 'x-real-ip' : undefined)
  const value = name ? headers.get(name)?.split(',')[0]?.trim() : socketAddress(headers)
  // The zone of a link-local address (`fe80::1%eth0`) names an interface of ours, and is no part of the visitor's address.
  const address = value?.split('%')[0]
  return address && isIP(address) !== 0 ? address : undefined
}

/** ISO 3166-1 alpha-2, from the platform's header alone. Without one there is no country, and no country price. */
export function clientCountry(headers: Headers, trust: Trust): string | undefined {
  const name = trust.countryHeader ?? (trust.vercel ? 'x-vercel-ip-country' : undefined)
  const value = name && headers.get(name)?.trim().toUpperCase()
  return value && /^[A-Z]{2}$/.test(value) && value !== 'XX' ? value : undefined
}
