import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'

type Origins = { own: string; allowed: string[] }

/**
 * Admits posts from our own pages, from pages of `ALLOWED_ORIGIN`, and from clients that are no browsers. A browser always sends
 * `Origin` or `Sec-Fetch-Site` with a post; a client that sends neither carries nobody's cookies.
 *
 * @throws CheckoutError `forbidden_origin`
 */
export function checkOrigin(request: Request, { own, allowed }: Origins): void {
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  if (origin === null) {
    if (site === null || site === 'same-origin' || site === 'none') return
    throw new CheckoutError('forbidden_origin')
  }
  // A page served with `Referrer-Policy: no-referrer` posts its forms from "null".
  const sameSite = origin === 'null' && site === 'same-origin'
  if (origin !== own && !allowed.includes(origin) && !sameSite) throw new CheckoutError('forbidden_origin')
}

/** CORS for `ALLOWED_ORIGIN` alone: no wildcard, no credentials. */
export function corsHeaders(request: Request, allowed: string[]): Record<string, string> {
  const origin = request.headers.get('origin')
  if (origin === null || !allowed.includes(origin)) return { Vary: 'Origin' }
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers':
      'Retry-After, X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset',
  }
}

/** The answer to a preflight; the CORS headers of an allowed origin come with the route's own. */
export const preflight = (
  request: Request,
  allowed: string[],
  methods: string,
  ...headers: string[]
): Response =>
  new Response(null, {
    status: 204,
    headers: allowed.includes(request.headers.get('origin') ?? '')
      ? {
          'Access-Control-Allow-Methods': methods,
          'Access-Control-Allow-Headers': ['Content-Type', 'X-Request-Id', ...headers].join(', '),
          'Access-Control-Max-Age': '600',
        }
      : {},
  })
