import { expect, it } from 'vitest'
import { networkOf } from './network'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  // However an IPv4 address is written as an IPv6 one, it is nobody else's.
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '192.0.2.7'],
  ['0:0:0:0:0:ffff:c000:0207', '192.0.2.7'],
  ['2001:db8:1:2::1', '2001:db8:1:2'],
  ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
])('%s stands for %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
