const COOKIE = 'workshop_visitor'
const YEAR_S = 365 * 24 * 60 * 60

/** The visitor's id, from the cookie that `proxy.ts` sets. */
export const cookieOf = (headers: Pick<Headers, 'get'>): string | undefined =>
  new RegExp(`(?:^|;\\s*)${COOKIE}=([a-f0-9]{32})(?:;|$)`).exec(headers.get('cookie') ?? '')?.[1]

export const visitorCookie = (id: string, appUrl: string): string =>
  `${COOKIE}=${id}; Path=/; Max-Age=${YEAR_S}; HttpOnly; SameSite=Lax${appUrl.startsWith('https:') ? '; Secure' : ''}`
