import Stripe from 'stripe'
import { calledAs } from '@/db/called-as'
import { HANDLED_TYPES } from '@/lib/stripe/event-types'
import type { OpsDeps } from '../deps'
import { endpoints, WEBHOOK_PATH, wantsExactly } from '../setup/webhook'
import { type Check, fine, warning, wrong } from './check'

/** Whether our webhook answers as Stripe needs it: an unsigned post is refused by us, and by nobody before us. */
export async function checkWebhook({ appUrl }: OpsDeps): Promise<Check[]> {
  const url = `${appUrl}${WEBHOOK_PATH}`
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: '{}',
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    })
    await answer.body?.cancel()
    return [judge(url, answer)]
  } catch {
    return [
      wrong(
        'webhook',
        `${url} does not answer`,
        'Start the server, or set NEXT_PUBLIC_APP_URL to where it is.',
      ),
    ]
  }
}

function judge(url: string, { status, headers }: Response): Check {
  if (status === 400) return fine('webhook', `${url} refuses what is not signed`)
  if (status >= 300 && status < 400)
    return wrong(
      'webhook',
      `${url} redirects to ${headers.get('location')}`,
      'Stripe follows no redirect: name the address that it leads to, without a slash at the end.',
    )
  if (status === 401 || status === 403)
    return wrong(
      'webhook',
      `${url} asks for a sign-in (${status})`,
      'Let /api/stripe/webhook through whatever protects the site; its signature protects it.',
    )
  return wrong(
    'webhook',
    `${url} answers ${status} to an unsigned post, not 400`,
    "Look into the server's log.",
  )
}

/** What Stripe sends, where to, and who else gets it. */
export async function checkEndpoints({ stripe, appUrl }: OpsDeps): Promise<Check[]> {
  const all = (await endpoints(stripe)).filter(({ status }) => status === 'enabled')
  const url = `${appUrl}${WEBHOOK_PATH}`
  const ours = all.filter((endpoint) => endpoint.url === url)
  const others = all.filter(
    ({ url: other, enabled_events: events }) =>
      other !== url && events.some((type) => type === '*' || type === 'checkout.session.completed'),
  )
  return [
    ...judgeOurs(url, ours),
    ...others.map(({ url: other }) =>
      warning(
        'endpoint',
        `${other} also hears of every sale`,
        'See to it that what is behind it records no session whose metadata.source is egghead-next, and mails none of its buyers.',
      ),
    ),
  ]
}

function judgeOurs(url: string, ours: Stripe.WebhookEndpoint[]): Check[] {
  const [endpoint] = ours
  if (!endpoint)
    return [
      wrong('endpoint', `Stripe has no enabled webhook endpoint for ${url}`, `Run: ${calledAs('ops setup')}`),
    ]
  const checks: Check[] = []
  if (ours.length > 1)
    checks.push(
      warning('endpoint', `there are ${ours.length} of ${url}`, 'Remove all but one in the Dashboard.'),
    )
  if (!wantsExactly(endpoint.enabled_events)) {
    const all = endpoint.enabled_events.some((type) => type === '*')
    const say = all ? warning : wrong
    checks.push(
      say(
        'endpoint',
        `gets other types of events than the ${HANDLED_TYPES.length} we need`,
        `Run: ${calledAs('ops setup')}`,
      ),
    )
  }
  if (endpoint.api_version === null)
    checks.push(
      warning(
        'endpoint',
        "follows the account's default version",
        `Make one of version ${Stripe.API_VERSION}: remove it in the Dashboard and run: ${calledAs('ops setup')}`,
      ),
    )
  else if (endpoint.api_version !== Stripe.API_VERSION)
    checks.push(
      wrong(
        'endpoint',
        `speaks ${endpoint.api_version}, we speak ${Stripe.API_VERSION}`,
        `Remove it in the Dashboard, run \`${calledAs('ops setup')}\`, and set the new secret.`,
      ),
    )
  return checks.length > 0
    ? checks
    : [
        fine(
          'endpoint',
          `${url} gets our ${HANDLED_TYPES.length} types of events, version ${Stripe.API_VERSION}`,
        ),
      ]
}
