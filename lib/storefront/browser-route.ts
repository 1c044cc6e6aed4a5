import 'server-only'
import { corsHeaders, preflight } from '@/lib/http/origin'
import { storefront } from './storefront'

/** What the browser's routes have in common: the log, and which other origins' pages may call them. */
export const browserRoute = {
  log: () => storefront().log,
  headers: (request: Request) => corsHeaders(request, storefront().settings.ALLOWED_ORIGIN),
}

/** The answer to a browser that asks first whether it may call. `methods`: as `Access-Control-Allow-Methods` lists them. */
export const browserPreflight = (methods: string) => async (request: Request) =>
  preflight(request, storefront().settings.ALLOWED_ORIGIN, methods)
