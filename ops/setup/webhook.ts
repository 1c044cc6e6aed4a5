import { writeFile } from 'node:fs/promises'
import Stripe from 'stripe'
import type { Change, Problem } from '@/lib/setup/change'
import { HANDLED_TYPES } from '@/lib/stripe/event-types'

export const WEBHOOK_PATH = '/api/stripe/webhook'

/** Stripe delivers only to addresses that it can reach; a stand-in for it reaches anything. */
export const isReachable = (appUrl: string, standIn: boolean): boolean =>
  standIn || !/^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(new URL(appUrl).hostname)

export async function endpoints(stripe: Stripe): Promise<Stripe.WebhookEndpoint[]> {
  const all: Stripe.WebhookEndpoint[] = []
  for await (const endpoint of stripe.webhookEndpoints.list({ limit: 100 })) all.push(endpoint)
  return all
}

export const wantsExactly = (types: string[]): boolean =>
  types.length === HANDLED_TYPES.length && HANDLED_TYPES.every((type) => types.includes(type))

/** What our webhook endpoint lacks at Stripe. `secretFile` takes the new one's secret, which nothing else does. */
export async function planEndpoint(
  stripe: Stripe,
  appUrl: string,
  secretFile: string | undefined,
): Promise<{ changes: Change[]; problems: Problem[]; creates: boolean }> {
  const url = `${appUrl}${WEBHOOK_PATH}`
  const existing = (await endpoints(stripe)).filter((endpoint) => endpoint.url === url)
  const current = existing.find(({ status }) => status === 'enabled') ?? existing[0]
  if (!current) {
    const change: Change = {
      action: 'create',
      where: 'stripe',
      what: 'webhook endpoint',
      id: url,
      detail: `${HANDLED_TYPES.length} types of events, version ${Stripe.API_VERSION}`,
      apply: () => create(stripe, url, secretFile),
    }
    return { changes: [change], problems: [], creates: true }
  }
  return { changes: mend(stripe, current), problems: versionProblem(current), creates: false }
}

async function create(stripe: Stripe, url: string, secretFile: string | undefined): Promise<void> {
  // Opened first: a secret that can be written nowhere would be lost. Never over a file that is there.
  if (secretFile) await writeFile(secretFile, '', { flag: 'wx', mode: 0o600 })
  const { secret } = await stripe.webhookEndpoints.create({
    url,
    enabled_events: [...HANDLED_TYPES],
    api_version: Stripe.API_VERSION,
    description: 'Workshop Checkout',
  })
  if (secretFile) await writeFile(secretFile, `STRIPE_WEBHOOK_SECRET=${secret}\n`, { mode: 0o600 })
}

function mend(stripe: Stripe, endpoint: Stripe.WebhookEndpoint): Change[] {
  const base = { action: 'change', where: 'stripe', what: 'webhook endpoint', id: endpoint.url } as const
  const changes: Change[] = []
  if (!wantsExactly(endpoint.enabled_events)) {
    const detail = `events: ${endpoint.enabled_events.join(', ')} → ${HANDLED_TYPES.join(', ')}`
    const apply = () => stripe.webhookEndpoints.update(endpoint.id, { enabled_events: [...HANDLED_TYPES] })
    changes.push({ ...base, detail, apply })
  }
  if (endpoint.status !== 'enabled') {
    const apply = () => stripe.webhookEndpoints.update(endpoint.id, { disabled: false })
    changes.push({ ...base, detail: 'disabled → enabled', apply })
  }
  return changes
}

const versionProblem = ({ api_version: version, url }: Stripe.WebhookEndpoint): Problem[] =>
  version === null || version === Stripe.API_VERSION
    ? []
    : [
        {
          what: 'webhook endpoint',
          id: url,
          detail: `speaks version ${version}, we speak ${Stripe.API_VERSION}`,
          fix: 'Stripe changes no version: remove this endpoint in the Dashboard, run setup again, and set the new secret beside the old one until then',
        },
      ]
