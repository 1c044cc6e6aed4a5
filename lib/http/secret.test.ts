import { describe, expect, it } from 'vitest'
import { bearerToken, sameSecret, showsSecret } from './secret'

describe('sameSecret', () => {
  it('holds for the same text alone', () => {
    expect(sameSecret('a-long-secret', 'a-long-secret')).toBe(true)
    expect(sameSecret('a-long-secret', 'a-long-secreT')).toBe(false)
  })

  it.each([
    ['', 'a-long-secret'],
    ['a-long', 'a-long-secret'],
    ['a-long-secret ', 'a-long-secret'],
    ['é', 'e\u0301'],
  ])('tells "%s" from "%s", whatever their lengths', (left, right) => {
    expect(sameSecret(left, right)).toBe(false)
  })
})

describe('bearerToken', () => {
  const token = (authorization?: string) => bearerToken(new Headers(authorization ? { authorization } : {}))

  it('is what follows Bearer, in any case', () => {
    expect(token('Bearer abc.def')).toBe('abc.def')
    expect(token('bearer   abc')).toBe('abc')
  })

  it.each([undefined, 'Bearer', 'Basic abc', 'abc', 'Bearer a b', 'NotBearer abc', 'Bearerabc'])(
    'is empty for %s',
    (authorization) => {
      expect(token(authorization)).toBe('')
    },
  )
})

describe('showsSecret', () => {
  const shows = (token: string, secret?: string) =>
    showsSecret(new Headers({ authorization: `Bearer ${token}` }), secret)

  it('holds for who has it', () => {
    expect(shows('a-long-secret', 'a-long-secret')).toBe(true)
    expect(shows('another', 'a-long-secret')).toBe(false)
  })

  it('holds for nobody where there is none', () => {
    expect(shows('', undefined)).toBe(false)
    expect(shows('', '')).toBe(false)
  })
})
