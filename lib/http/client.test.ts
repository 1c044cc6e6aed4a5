import { describe, expect, it } from 'vitest'
import { clientAddress, clientCountry } from './client'

const headers = new Headers({
  'x-real-ip': '192.0.2.1',
  'x-forwarded-for': '198.51.100.7, 10.0.0.1',
  'cf-ipcountry': 'in',
  'x-vercel-ip-country': 'BR',
})
const named = (ipHeader: string) => ({ ipHeader, vercel: false })
const country = (countryHeader: string) => ({ countryHeader, vercel: false })

describe('the address', () => {
  it('is unknown where no header is named, whatever is sent', () => {
    expect(clientAddress(headers, { vercel: false })).toBeUndefined()
  })

  it('is what the named header says first', () => {
    expect(clientAddress(headers, named('X-Forwarded-For'))).toBe('198.51.100.7')
    expect(clientAddress(headers, named('x-real-ip'))).toBe('192.0.2.1')
  })

  it("is the platform's own on Vercel, unless another header is named", () => {
    expect(clientAddress(headers, { vercel: true })).toBe('192.0.2.1')
    expect(clientAddress(headers, { vercel: true, ipHeader: 'x-forwarded-for' })).toBe('198.51.100.7')
  })

  it('may be IPv6', () => {
    expect(clientAddress(new Headers({ ip: ' 2001:db8::1 ' }), named('ip'))).toBe('2001:db8::1')
  })

  it('has no zone: that names an interface of this machine', () => {
    expect(clientAddress(new Headers({ ip: 'fe80::1%eth0' }), named('ip'))).toBe('fe80::1')
  })

  it.each(['', 'unknown', '192.0.2.1:4711', '<script>', '999.0.0.1', 'localhost'])(
    'is unknown where the header says "%s"',
    (value) => {
      expect(clientAddress(new Headers({ ip: value }), named('ip'))).toBeUndefined()
    },
  )

  it('is unknown without the header', () => {
    expect(clientAddress(new Headers(), named('ip'))).toBeUndefined()
  })
})

describe('the country', () => {
  it('is unknown where no header is named, whatever is sent', () => {
    expect(clientCountry(headers, { vercel: false })).toBeUndefined()
  })

  it('is what the named header says, in capitals', () => {
    expect(clientCountry(headers, country('CF-IPCountry'))).toBe('IN')
  })

  it("is the platform's own on Vercel, unless another header is named", () => {
    expect(clientCountry(headers, { vercel: true })).toBe('BR')
    expect(clientCountry(headers, { vercel: true, countryHeader: 'cf-ipcountry' })).toBe('IN')
  })

  it.each(['XX', 'T1', 'IND', 'I', '', 'IN, BR'])('is unknown where the header says "%s"', (value) => {
    expect(clientCountry(new Headers({ c: value }), country('c'))).toBeUndefined()
  })
})
