import { describe, expect, it } from 'vitest'
import { checkOrigin, corsHeaders, preflight } from './origin'

const OWN = 'https://shop.example.com'
const FRIEND = 'https://friend.example.com'
const origins = { own: OWN, allowed: [FRIEND] }

const from = (headers: Record<string, string>) => new Request(`${OWN}/api`, { method: 'POST', headers })
const check = (headers: Record<string, string>) => () => checkOrigin(from(headers), origins)

describe('who may post', () => {
  it.each([
    ['our own page', { Origin: OWN, 'Sec-Fetch-Site': 'same-origin' }],
    ['an old browser on our own page', { Origin: OWN }],
    ['an allowed page', { Origin: FRIEND, 'Sec-Fetch-Site': 'cross-site' }],
    ['a caller that is no browser', {}],
    ['a page of ours that hides its address', { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }],
    ['a browser without an origin, from here', { 'Sec-Fetch-Site': 'same-origin' }],
    ['a bookmark', { 'Sec-Fetch-Site': 'none' }],
  ])('%s', (_who, headers) => {
    expect(check(headers)).not.toThrow()
  })
})

describe('who may not', () => {
  it.each([
    ['another page', { Origin: 'https://evil.example.com' }],
    ['one that says it is the same', { Origin: 'https://evil.example.com', 'Sec-Fetch-Site': 'same-origin' }],
    ['our host without TLS', { Origin: 'http://shop.example.com' }],
    ['our host on another port', { Origin: `${OWN}:8443` }],
    ['a host that begins as ours', { Origin: `${OWN}.evil.example` }],
    ['a host that ends as ours', { Origin: 'https://evil-shop.example.com' }],
    ['a host below ours', { Origin: 'https://a.shop.example.com' }],
    ['ours with a slash', { Origin: `${OWN}/` }],
    ['two origins', { Origin: `${OWN} ${FRIEND}` }],
    ['a sandboxed frame', { Origin: 'null' }],
    ["a sandboxed frame on another's page", { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }],
    ['an empty origin', { Origin: '' }],
    ['a page that sends none, from elsewhere', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a neighbour that sends none', { 'Sec-Fetch-Site': 'same-site' }],
    ['ours by its Referer and Host', { Origin: 'https://evil.example.com', Referer: OWN, Host: OWN }],
  ])('%s', (_who, headers) => {
    expect(check(headers)).toThrow(expect.objectContaining({ code: 'forbidden_origin', status: 403 }))
  })
})

describe('CORS', () => {
  it('names an allowed origin, and never credentials or a wildcard', () => {
    const headers = corsHeaders(from({ Origin: FRIEND }), [FRIEND])
    expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': FRIEND, Vary: 'Origin' })
    expect(headers['Access-Control-Expose-Headers']).toContain('Retry-After')
    expect(Object.keys(headers)).not.toContain('Access-Control-Allow-Credentials')
  })

  it.each([{}, { Origin: 'https://evil.example.com' }, { Origin: 'null' }, { Origin: '*' }])(
    'says nothing but Vary to %o',
    (headers) => {
      expect(corsHeaders(from(headers), [FRIEND])).toEqual({ Vary: 'Origin' })
    },
  )
})

describe('a preflight', () => {
  it('is told the methods where its origin is allowed', () => {
    const response = preflight(from({ Origin: FRIEND }), [FRIEND], 'POST, OPTIONS')
    expect(response.status).toBe(204)
    expect(response.headers.get('Access-Control-Allow-Methods')).toBe('POST, OPTIONS')
    expect(response.headers.get('Access-Control-Allow-Headers')).toBe('Content-Type, X-Request-Id')
  })

  it.each([{}, { Origin: 'https://evil.example.com' }])('is told nothing where it is %o', (headers) => {
    const response = preflight(from(headers), [FRIEND], 'POST, OPTIONS')
    expect(response.status).toBe(204)
    expect([...response.headers]).toEqual([])
  })
})
