import { type NextRequest, NextResponse } from 'next/server'
import { cookieOf, VISITOR_COOKIE, VISITOR_COOKIE_SECONDS } from './visitor-cookie'

/** Named here, so that the build doesn't put its own value in: what counts is where it runs. */
const APP_URL = 'NEXT_PUBLIC_APP_URL'

/**
 * Gives a visitor of a workshop page their id before anything is rendered for them, so that the page, the offer and the
 * checkout are told of the same visitor from the first view on. For `proxy.ts`; an app with a proxy of its own calls it there.
 */
export function giveVisitorId(request: NextRequest): NextResponse {
  if (cookieOf(request.headers)) return NextResponse.next()
  const id = crypto.randomUUID().replaceAll('-', '')
  request.cookies.set(VISITOR_COOKIE, id)
  const response = NextResponse.next({ request: { headers: request.headers } })
  response.cookies.set(VISITOR_COOKIE, id, {
    path: '/',
    maxAge: VISITOR_COOKIE_SECONDS,
    httpOnly: true,
    sameSite: 'lax',
    secure: process.env[APP_URL]?.startsWith('https:') ?? false,
  })
  // A shared cache would give one visitor's id to all.
  response.headers.set('Cache-Control', 'private, no-store')
  return response
}
