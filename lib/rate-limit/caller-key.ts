import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'

const digest = (text: string) => createHash('sha256').update(text).digest('base64url')

/** Addresses and e-mails are counted by their hash: the table names nobody. */
export const addressKey = (ip: string): string => `ip:${digest(network(ip))}`
export const emailKey = (email: string): string => `email:${digest(email.trim().toLowerCase())}`

/** One IPv6 customer has a whole /64 to send from: it counts as one address. */
function network(ip: string): string {
  if (!isIPv6(ip)) return ip
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped) return mapped
  const plain = new URL(`http://[${ip.split('%')[0]}]`).hostname.slice(1, -1)
  const [head = '', tail] = plain.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length
  return [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail ?? '')].slice(0, 4).join(':')
}
