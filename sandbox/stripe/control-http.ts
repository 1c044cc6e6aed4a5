import { z } from 'zod'
import type { Control } from './control'
import { Refusal } from './errors'
import type { Sandbox } from './sandbox'
import { seedSchema } from './seed'
import type { State } from './state'

const optional = {
  string: z.string().optional(),
  number: z.number().optional(),
  bool: z.boolean().optional(),
}

const failNext = z.strictObject({
  count: z.number().int().min(0),
  status: z.union([z.number().int().min(400).max(599), z.literal('cut')]),
  path: optional.string,
  method: optional.string,
  afterEffect: optional.bool,
  store: optional.bool,
})
const faults = z.strictObject({
  latencyMs: optional.number,
  failRate: optional.number,
  failNext: failNext.optional(),
  hang: optional.bool,
  refuse: optional.bool,
})
const deliveries = z.strictObject({
  copies: optional.number,
  shuffleMs: optional.number,
  hold: optional.bool,
  drop: z.union([z.boolean(), z.array(z.string())]).optional(),
})
const payment = z.strictObject({
  email: optional.string,
  name: optional.string,
  country: optional.string,
  card: optional.string,
  delayed: z
    .union([z.boolean(), z.strictObject({ settlesAfter: optional.number, ok: optional.bool })])
    .optional(),
  authenticate: optional.bool,
})
const charge = {
  charge: optional.string,
  payment_intent: optional.string,
  session: optional.string,
  amount: optional.number,
}
const refund = z.strictObject({
  ...charge,
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
})
const dispute = z.strictObject({ ...charge, reason: optional.string })
const endpoint = z.strictObject({
  url: z.string(),
  secret: z.string(),
  events: z.array(z.string()).optional(),
})
const clock = z.union([
  z.strictObject({ offsetSeconds: z.number() }),
  z.strictObject({ advanceSeconds: z.number() }),
])

type Handle = (control: Control, body: unknown, id: string) => unknown

/** Each verb with its path; `:id` stands for one part. */
const VERBS: Record<string, Handle> = {
  'GET /_sandbox/health': () => ({ ok: true }),
  'GET /_sandbox/requests': (control) => ({ requests: control.requests() }),
  'DELETE /_sandbox/requests': (control) => control.clearRequests(),
  'GET /_sandbox/faults': (control) => control.faults(),
  'POST /_sandbox/faults': (control, body) => control.setFaults(faults.parse(body)),
  'DELETE /_sandbox/faults': (control) => control.setFaults({}),
  'POST /_sandbox/sessions/:id/pay': (control, body, id) => control.pay(id, payment.parse(body)),
  'POST /_sandbox/sessions/:id/code': async (control, body, id) => ({
    problem: await control.applyCode(id, z.strictObject({ code: z.string() }).parse(body).code),
  }),
  'POST /_sandbox/sessions/:id/expire': (control, _, id) => control.expire(id),
  'POST /_sandbox/sessions/:id/settle': (control, body, id) =>
    control.settle(id, z.strictObject({ ok: optional.bool }).parse(body).ok),
  'POST /_sandbox/refunds': (control, body) => control.refund(refund.parse(body)),
  'POST /_sandbox/refunds/:id/fail': (control, _, id) => control.failRefund(id),
  'POST /_sandbox/disputes': (control, body) => control.openDispute(dispute.parse(body)),
  'POST /_sandbox/disputes/:id/close': (control, body, id) =>
    control.closeDispute(id, z.strictObject({ outcome: z.enum(['won', 'lost']) }).parse(body).outcome),
  'POST /_sandbox/payment_links/:id/open': (control, body, id) =>
    control.openLink(id, z.record(z.string(), z.string()).parse(body)),
  'POST /_sandbox/events/:id/resend': (control, _, id) => control.resend(id),
  'GET /_sandbox/deliveries': (control) => ({
    settings: control.deliverySettings(),
    deliveries: control.deliveries(),
  }),
  'POST /_sandbox/deliveries': (control, body) => control.setDeliveries(deliveries.parse(body)),
  'POST /_sandbox/deliveries/flush': async (control, body) => ({
    sent: await control.flush(z.strictObject({ shuffled: optional.bool }).parse(body).shuffled),
  }),
  'POST /_sandbox/clock': (control, body) => {
    const to = clock.parse(body)
    return 'offsetSeconds' in to
      ? control.setClock(to.offsetSeconds)
      : control.advanceClock(to.advanceSeconds)
  },
  'POST /_sandbox/endpoints': (control, body) => control.addEndpoint(endpoint.parse(body)),
  'DELETE /_sandbox/endpoints/:id': (control, _, id) => ({ removed: control.removeEndpoint(id) }),
  'POST /_sandbox/seed': (control, body) => control.seed(seedSchema.parse(body)),
  'POST /_sandbox/reset': (control) => control.reset(),
  'GET /_sandbox/snapshot': (control) => control.snapshot(),
  'POST /_sandbox/restore': (control, body) =>
    control.restore(z.looseObject({ sessions: z.object({}) }).parse(body) as unknown as State),
}

const PATTERNS = Object.entries(VERBS).map(([verb, handle]) => ({
  handle,
  pattern: new RegExp(`^${verb.replace(':id', '([^/]+)')}$`),
}))

/** The buttons of the home page post forms, and want to be back there afterwards. */
const isForm = (request: Request) =>
  request.headers.get('Content-Type')?.startsWith('application/x-www-form-urlencoded') === true

const BOOLEANS = new Map([
  ['true', true],
  ['false', false],
])

async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text()
  if (text === '') return {}
  if (isForm(request))
    return Object.fromEntries(
      [...new URLSearchParams(text)].map(([name, value]) => [name, BOOLEANS.get(value) ?? value]),
    )
  return JSON.parse(text)
}

/** Answers `/_sandbox/…`. Other sites' pages are kept out: a browser names where a request comes from. */
export async function answerControl(control: Control, sandbox: Sandbox, request: Request): Promise<Response> {
  const origin = request.headers.get('Origin')
  const { port } = new URL(sandbox.baseUrl)
  if (origin && ![sandbox.baseUrl, `http://localhost:${port}`].includes(origin))
    return Response.json({ error: 'Not from another origin' }, { status: 403 })
  const verb = `${request.method} ${new URL(request.url).pathname}`
  for (const { pattern, handle } of PATTERNS) {
    const match = pattern.exec(verb)
    if (!match) continue
    try {
      const answer = await handle(control, await bodyOf(request), decodeURIComponent(match[1] ?? ''))
      if (isForm(request)) return new Response(null, { status: 303, headers: { Location: '/' } })
      return Response.json(answer ?? { ok: true })
    } catch (error) {
      if (error instanceof Refusal) return Response.json({ error: error.message }, { status: error.status })
      return Response.json({ error: error instanceof Error ? error.message : String(error) }, { status: 400 })
    }
  }
  return Response.json({ error: `No such verb: ${verb}`, verbs: Object.keys(VERBS) }, { status: 404 })
}
