import { isIPv6 } from 'node:net'

const twoBytes = (group: string) => {
  const number = Number.parseInt(group, 16)
  return [number >> 8, number & 0xff]
}

/** Whom an address stands for: one IPv6 customer has a whole /64 to send from, and counts as one. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip
  const plain = new URL(`http://[${ip.split('%')[0]}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(plain)
  if (mapped) return mapped.slice(1).flatMap(twoBytes).join('.')
  const [head = '', tail] = plain.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length
  return [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail ?? '')].slice(0, 4).join(':')
}
