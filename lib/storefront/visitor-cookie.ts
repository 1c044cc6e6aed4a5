/** The cookie that holds a visitor's id. No `server-only` here: `proxy.ts` reads it too. */
export const VISITOR_COOKIE = 'workshop_visitor'
export const VISITOR_COOKIE_SECONDS = 365 * 24 * 60 * 60

/** The visitor's id, from the cookie that `proxy.ts` sets; undefined where there is none that we gave. */
export const cookieOf = (headers: Pick<Headers, 'get'>): string | undefined =>
  new RegExp(`(?:^|;\\s*)${VISITOR_COOKIE}=([a-f0-9]{32})(?:;|$)`).exec(headers.get('cookie') ?? '')?.[1]

export const visitorCookie = (id: string, appUrl: string): string =>
  `${VISITOR_COOKIE}=${id}; Path=/; Max-Age=${VISITOR_COOKIE_SECONDS}; HttpOnly; SameSite=Lax${appUrl.startsWith('https:') ? '; Secure' : ''}`
