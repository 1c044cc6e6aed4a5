import { NextRequest } from 'next/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { giveVisitorId } from './proxy'

afterEach(() => vi.unstubAllEnvs())

const visit = (cookie?: string) =>
  giveVisitorId(new NextRequest('http://127.0.0.1/workshop/x', cookie ? { headers: { cookie } } : {}))
const cookieOf = (cookie?: string) => visit(cookie).headers.get('set-cookie')

describe('the visitor id', () => {
  it('is made once, and what is rendered for this very visit is told of it', () => {
    const { headers } = visit()
    const id = /^workshop_visitor=([a-f0-9]{32});/.exec(headers.get('set-cookie') ?? '')?.[1]
    expect(id).toBeTruthy()
    expect(headers.get('x-middleware-request-cookie')).toBe(`workshop_visitor=${id}`)
    expect(cookieOf(`workshop_visitor=${id}`)).toBeNull()
    // No shared cache gives it to anybody else; a page that gives no id is cached as its host has it.
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(visit(`workshop_visitor=${id}`).headers.get('cache-control')).toBeNull()
  })

  it('is made anew where what was sent is none of ours', () => {
    expect(cookieOf('workshop_visitor=admin')).toMatch(/^workshop_visitor=[a-f0-9]{32};/)
  })

  // The build is made once, and runs at more than one address.
  it('goes over TLS alone where the site does, as it is where it runs', () => {
    vi.stubEnv('NEXT_PUBLIC_APP_URL', 'https://shop.example.com')
    expect(cookieOf()).toMatch(/HttpOnly; SameSite=lax$/i)
    expect(cookieOf()).toMatch(/; Secure;/)
    vi.stubEnv('NEXT_PUBLIC_APP_URL', 'http://127.0.0.1:3000')
    expect(cookieOf()).not.toMatch(/Secure/)
  })
})
