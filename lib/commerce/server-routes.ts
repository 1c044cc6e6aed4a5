import 'server-only'
import type { z } from 'zod'
import { commerce } from '@/lib/commerce'
import { CheckoutError } from '@/lib/contract/errors'
import {
  serverCheckoutRequestSchema,
  serverOfferRequestSchema,
  sessionIdSchema,
} from '@/lib/contract/schemas'
import type { Buyer } from '@/lib/contract/types'
import { env } from '@/lib/env'
import { admit } from '@/lib/http/bearer'
import { parseJson, readRawBody } from '@/lib/http/body'
import { corsHeaders, preflight } from '@/lib/http/origin'
import { countingFailure, json } from '@/lib/http/respond'
import { type Handler, route } from '@/lib/http/route'
import { quotaHeaders, rateLimiter } from '@/lib/rate-limit'
import { rollout } from '@/lib/rollout'
import { attempt } from '@/lib/rollout/attempt'
import { guardState, shareOf } from '@/lib/rollout/guard'
import { exposureReportSchema } from '@/lib/rollout/report'
import { writeExposures } from '@/lib/rollout/store'
import { createLog } from '@/lib/telemetry/log'

/**
 * The commerce side as other storefronts reach it: the same four calls of the gateway that the storefront in this process
 * makes, and the rollout. Without a key, or on a pure storefront, there is nothing at these addresses.
 */

/** What these routes have in common. */
const common = {
  log: () => createLog(env().LOG_LEVEL),
  headers: (request: Request) => corsHeaders(request, env().ALLOWED_ORIGIN),
  exists: () => env().commerce && env().COURSE_BUILDER_API_KEY !== undefined,
}

/** Admits a caller and returns the raw text of its body. @throws CheckoutError `unauthorized`, `payload_too_large` */
async function admitted(request: Request): Promise<string> {
  const { COURSE_BUILDER_API_KEY: key, COURSE_BUILDER_API_AUTH: method } = env()
  if (key === undefined) throw new CheckoutError('not_found')
  const vouchesFor = await admit(request.headers, { key, method })
  const body = await readRawBody(request)
  vouchesFor(body)
  return body
}

/** An admitted caller's JSON, with nothing in it that we don't know. */
async function admittedJson<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  const body = await admitted(request)
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new CheckoutError('unsupported_media_type')
  return schema.parse(parseJson(body))
}

/** Counted by the buyer whom the storefront names, not by the storefront. */
const count = async ({ ip, email: viewer }: Buyer, typed?: string) => {
  const whose = viewer ? { viewer } : { email: typed }
  return quotaHeaders(await rateLimiter().limit({ ...(ip && { ip }), ...whose }))
}

const options =
  (methods: string): Handler<unknown> =>
  async (request) =>
    preflight(request, env().ALLOWED_ORIGIN, methods, 'Authorization')

async function letIn(request: Request) {
  const { buyer = {}, ...intent } = await admittedJson(request, serverCheckoutRequestSchema)
  return { buyer, intent, headers: await count(buyer, intent.email) }
}

/** `POST /api/stripe/checkout-session` */
export const serverCheckoutRoute = route({
  path: '/api/stripe/checkout-session',
  ...common,
  POST: async (request, { requestId }) => {
    const { buyer, intent, headers } = await countingFailure(() => letIn(request))
    return json(await attempt(() => commerce().gateway.create(intent, assigned(buyer), { requestId })), {
      headers,
    })
  },
  OPTIONS: options('POST, OPTIONS'),
})

/** `POST /api/stripe/offer`: the offer, and the workshop that it is for. */
export const serverOfferRoute = route({
  path: '/api/stripe/offer',
  ...common,
  POST: async (request, { requestId }) => {
    const { buyer = {}, ...question } = await admittedJson(request, serverOfferRequestSchema)
    const { ip } = buyer
    const countLookup = () => rateLimiter().limit(ip ? { ip } : {}, 'code')
    return json(await commerce().gateway.offer(question, buyer, { requestId, countLookup }))
  },
  OPTIONS: options('POST, OPTIONS'),
})

const known = (sessionId: string): string => {
  if (!sessionIdSchema.safeParse(sessionId).success) throw new CheckoutError('session_not_found')
  return sessionId
}

/** `GET` and `POST /api/stripe/checkout-session/{sessionId}` */
export const serverStatusRoute = route<{ sessionId: string }>({
  path: '/api/stripe/checkout-session/{sessionId}',
  ...common,
  GET: async (request, { params, requestId }) => {
    await admitted(request)
    return json(await commerce().gateway.status(known(params.sessionId), { requestId }))
  },
  POST: async (request, { params, requestId }) => {
    await admitted(request)
    return json(await commerce().gateway.confirm(known(params.sessionId), { requestId }))
  },
  OPTIONS: options('GET, POST, OPTIONS'),
})

/** The switch as it is here and now, whatever the storefront knew of it. */
const assigned = (buyer: Buyer): Buyer =>
  rollout().rollout.mode === 'off' ? { ...buyer, variant: 'payment-link' } : buyer

async function rolloutAnswer() {
  const state = rollout()
  await state.ready()
  const { verdict, setting } = state
  return { ...setting, guard: { state: guardState(verdict), share: shareOf(verdict), verdict } }
}

/** `GET /api/stripe/rollout`: the setting and what the guard says. `POST` also hands over whom a storefront showed what. */
export const rolloutRoute = route({
  path: '/api/stripe/rollout',
  ...common,
  GET: async (request) => {
    await admitted(request)
    return json(await rolloutAnswer())
  },
  POST: async (request) => {
    const { exposures } = await admittedJson(request, exposureReportSchema)
    await writeExposures(commerce().deps.db, exposures)
    return json(await rolloutAnswer())
  },
  OPTIONS: options('GET, POST, OPTIONS'),
})
