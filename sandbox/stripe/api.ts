import { type Answer, refusalAnswer } from './answers'
import { Refusal } from './errors'
import { expand } from './expand'
import type { Failure } from './faults'
import { type Form, parseForm } from './form'
import { claim, fingerprintOf, forget, type Keyed, remember } from './idempotency'
import { newId } from './ids'
import { API_VERSION, currentRequest, type Sandbox } from './sandbox'

/** One call of the API: what a resource's route is given. */
export interface Call {
  sandbox: Sandbox
  /** The `:id` of the path; empty where it has none. */
  id: string
  /** The parameters, from the query of a GET or the body of a POST, without `expand`. */
  form: Form
}

export interface Route {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  run(call: Call): object | Promise<object>
}

function checkKey(header: string | null): string {
  const basic = header?.startsWith('Basic ')
    ? Buffer.from(header.slice(6), 'base64').toString().split(':')[0]
    : undefined
  const key = header?.startsWith('Bearer ') ? header.slice(7).trim() : basic
  if (!key)
    throw new Refusal(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
      { status: 401 },
    )
  if (/^(sk|rk)_test_.+/.test(key)) return key
  const shown = `${key.slice(0, 8)}${'*'.repeat(Math.max(4, key.length - 12))}${key.slice(-4)}`
  throw new Refusal(`Invalid API Key provided: ${shown}`, { status: 401 })
}

function splitExpand(form: Form): { paths: string[]; rest: Form } {
  const { expand: wanted, ...rest } = form
  const paths = Array.isArray(wanted) ? wanted.filter((item) => typeof item === 'string') : []
  return { paths, rest }
}

interface Asked {
  route: Route
  id: string
  text: string
  requestId: string
  keyed: Keyed | null
  failure: Failure | null
}

async function work(sandbox: Sandbox, { route, id, text, requestId, keyed }: Asked): Promise<Answer> {
  const { paths, rest } = splitExpand(parseForm(text))
  let answer: Answer
  try {
    const result = await route.run({ sandbox, id, form: rest })
    if (route.method !== 'GET') sandbox.changed()
    answer = { status: 200, body: JSON.stringify(expand(sandbox, result, paths), null, 2), headers: {} }
  } catch (error) {
    if (keyed && error instanceof Refusal && error.early) {
      forget(sandbox, keyed.key)
      throw error
    }
    answer = refusalAnswer(sandbox, error, requestId)
  }
  // Every outcome is kept once work began, a failure too.
  if (keyed) remember(sandbox, keyed, answer)
  return answer
}

function outage(status: number): Refusal {
  if (status !== 429) return new Refusal('An unknown error occurred', { status, type: 'api_error' })
  const message =
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.'
  return new Refusal(message, { status, code: 'rate_limit' })
}

/** Claims the key, waits as long as the faults say, works, and fails where the faults say so. */
async function perform(sandbox: Sandbox, asked: Asked): Promise<Answer | 'cut'> {
  const { keyed, failure, requestId } = asked
  const stored = keyed && claim(sandbox, keyed)
  const release = () => {
    if (keyed && !stored) forget(sandbox, keyed.key)
  }
  if ((await sandbox.faults.delay()) === 'cut') {
    release()
    return 'cut'
  }
  const answer = failure && !failure.afterEffect ? null : (stored ?? (await work(sandbox, asked)))
  if (!failure && answer) return answer
  const status = failure?.status ?? 500
  if (status === 'cut') {
    if (!answer) release()
    return 'cut'
  }
  const failed = refusalAnswer(sandbox, outage(status), requestId)
  if (keyed && !stored && failure?.store) remember(sandbox, keyed, failed)
  else if (!answer) release()
  return failed
}

function toResponse(request: Request, answer: Answer, requestId: string, key: string | null): Response {
  return new Response(answer.body, {
    status: answer.status,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-cache, no-store',
      'Request-Id': requestId,
      'Stripe-Version': request.headers.get('Stripe-Version') ?? API_VERSION,
      ...(key && { 'Idempotency-Key': key }),
      ...answer.headers,
    },
  })
}

/** Answers one request to a route of the API, faults included. The status is `'cut'` when the connection is to be closed. */
export async function answerApi(
  sandbox: Sandbox,
  route: Route | null,
  id: string,
  request: Request,
): Promise<Response | 'cut'> {
  const requestId = newId('request')
  const { method } = request
  const { pathname: path, search } = new URL(request.url)
  const text = method === 'GET' ? search.slice(1) : await request.text()
  const idempotencyKey = method === 'POST' ? request.headers.get('Idempotency-Key') : null
  const headers = Object.fromEntries(request.headers)
  const params = parseForm(text)
  const seen = { at: Date.now(), id: requestId, method, path, params, idempotencyKey, headers, status: null }
  const trace = sandbox.inspector.add(seen)
  if (sandbox.faults.refuses) return 'cut'
  let answer: Answer | 'cut'
  try {
    const apiKey = checkKey(request.headers.get('Authorization'))
    if (!route)
      throw new Refusal(
        `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
        { status: 404 },
      )
    const failure = sandbox.faults.take(method, path)
    const fingerprint = fingerprintOf(method, path, text)
    const keyed = idempotencyKey ? { key: `${apiKey} ${idempotencyKey}`, fingerprint, requestId } : null
    const asked = { route, id, text, requestId, keyed, failure }
    answer = await currentRequest.run({ id: requestId, idempotencyKey }, () => perform(sandbox, asked))
  } catch (error) {
    answer = refusalAnswer(sandbox, error, requestId)
  }
  if (answer === 'cut') return 'cut'
  trace.status = answer.status
  return toResponse(request, answer, requestId, idempotencyKey)
}
