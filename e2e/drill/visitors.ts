import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { newVisitor, type Shop, someone, type WorkshopOnSale } from '../../sandbox/testing/shop'

/**
 * Where a visitor ended who wanted to buy: on our checkout's session; on the payment link, because the offer led there; or there because
 * the checkout failed and named it.
 */
export type Way = 'session' | 'link' | 'fallback'
export type Visit = { at: number; server: string; way: Way; sessionId: string; paid: boolean }

export type Crowd = {
  visits: Visit[]
  /** Visitors who reached neither, and why. */
  lost: string[]
  /** Lets nobody in any more, and resolves when the last one has gone. */
  leave(): Promise<void>
}

type Street = { shop: Shop; servers: string[]; workshop: WorkshopOnSale }

const PATIENCE_MS = 15_000
const offerSchema = z.object({ checkout: z.enum(['session', 'payment-link']), fallbackUrl: z.string() })
const startedSchema = z.object({ sessionId: z.string() })
const refusedSchema = z.object({ fallbackUrl: z.string() })

/** One visitor every so many milliseconds, who looks at the offer, presses the button, and mostly pays. */
export function letIn(street: Street, everyMs: number): Crowd {
  const visits: Visit[] = []
  const lost: string[] = []
  const under = new Set<Promise<void>>()
  let number = 0
  const timer = setInterval(() => {
    const visiting: Promise<void> = visit(street, number++)
      .then((one) => void visits.push(one))
      .catch((error: unknown) => void lost.push(error instanceof Error ? error.message : String(error)))
      .finally(() => under.delete(visiting))
    under.add(visiting)
  }, everyMs)
  return {
    visits,
    lost,
    async leave() {
      clearInterval(timer)
      while (under.size > 0) await Promise.all(under)
    },
  }
}

async function visit(street: Street, number: number): Promise<Visit> {
  const { shop, servers } = street
  const server = servers[number % servers.length] ?? ''
  const at = Date.now()
  const { way, sessionId } = await reach(street, server)
  // Whoever goes away again has cost a session, and nothing else.
  if (number % 5 === 4) return { at, server, way, sessionId, paid: false }
  await sleep(200)
  const { kind } = await shop.stripe.pay(sessionId, { email: someone('drill') })
  return { at, server, way, sessionId, paid: kind === 'complete' }
}

/** What page and button do. @throws where they would leave the visitor standing */
async function reach(street: Street, server: string): Promise<{ way: Way; sessionId: string }> {
  const { shop, workshop } = street
  const visitor = newVisitor()
  const shown = await shop.send(`${server}/api/workshop/${workshop.slug}/offer`, {
    headers: { Cookie: `workshop_visitor=${visitor.id}` },
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  if (shown.status !== 200) throw new Error(`the offer answered ${shown.status}`)
  const offer = offerSchema.parse(shown.body)
  if (offer.checkout === 'payment-link') return { way: 'link', sessionId: follow(street, offer.fallbackUrl) }
  const request = { productId: workshop.productId, attemptId: randomUUID() }
  const answer = await shop.register(request, visitor, {}, server)
  if (answer.status === 200) return { way: 'session', sessionId: startedSchema.parse(answer.body).sessionId }
  const refused = refusedSchema.safeParse(answer.body)
  if (!refused.success) throw new Error(`the checkout answered ${answer.status} and no payment link`)
  return { way: 'fallback', sessionId: follow(street, refused.data.fallbackUrl) }
}

/** The link's own page makes a session. @throws where the address is not the workshop's payment link */
function follow({ shop, workshop }: Street, address: string): string {
  const { origin, pathname, searchParams } = new URL(address)
  if (origin + pathname !== workshop.paymentLink) throw new Error(`${address} is no payment link of ours`)
  return shop.stripe.openLink(workshop.paymentLinkId, Object.fromEntries(searchParams)).id
}
