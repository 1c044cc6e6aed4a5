import { expect, it } from 'vitest'
import { cookieOf, visitorCookie } from './visitor-cookie'

const id = '0123456789abcdef0123456789abcdef'

it('is for the server alone, and goes over https alone where the shop does', () => {
  expect(visitorCookie(id, 'https://shop.example')).toMatch(/; HttpOnly; SameSite=Lax; Secure$/)
  expect(visitorCookie(id, 'http://localhost:3000')).toMatch(/; HttpOnly; SameSite=Lax$/)
})

it.each([
  [`workshop_visitor=${id}`, id],
  [`a=b; workshop_visitor=${id}; c=d`, id],
  [`not_workshop_visitor=${id}`, undefined],
  ['workshop_visitor=made-up', undefined],
  ['', undefined],
])('is read from %j', (cookie, read) => {
  expect(cookieOf(new Headers({ cookie }))).toBe(read)
})
