import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { sign } from '../../sandbox/stripe/webhooks'
import type { Tally } from './tally'

const SENDERS = 16
const PATIENCE_MS = 15_000

type Parcel = { payload: string; due: number; tries: number }

const eventSchema = z.object({
  type: z.string(),
  data: z.object({ object: z.object({ id: z.string(), payment_link: z.string().nullish() }) }),
})

export type SendersOptions = {
  /** Webhook addresses, of which each delivery takes any. */
  targets: string[]
  secret: string
  random: () => number
  tally: Tally
}

/**
 * Stripe's part of the delivery, made worse: every event comes once to three times, late, in any order, to any server, until somebody has
 * said 200 to each copy; some answers are lost on the way, and a few events for ever.
 */
export async function startSenders({ targets, secret, random, tally }: SendersOptions) {
  const queue: Parcel[] = []
  const lost: string[] = []
  let busy = 0
  let open = true

  const accept = (payload: string) => {
    const { type, data } = eventSchema.parse(JSON.parse(payload))
    tally.add('events')
    // Whoever paid in a session of ours comes to its confirmation page, which records it; a link's buyer may not.
    if (type === 'checkout.session.completed' && !data.object.payment_link && random() < 0.03) {
      tally.add('events lost for ever')
      lost.push(data.object.id)
      return
    }
    const copies = 1 + Math.floor(random() * 3)
    tally.add('copies', copies)
    for (let copy = 0; copy < copies; copy++) {
      const late = random() < 0.05 ? 6000 : 0
      queue.push({ payload, due: Date.now() + late + random() * (random() < 0.5 ? 20 : 2500), tries: 0 })
    }
  }
  const post = createServer(async (request, response) => {
    accept(await text(request))
    response.end()
  })
  await new Promise<void>((resolve) => post.listen(0, '127.0.0.1', resolve))

  const deliver = async (parcel: Parcel) => {
    tally.add('deliveries')
    const answer = await fetch(targets[Math.floor(random() * targets.length)] ?? '', {
      method: 'POST',
      body: parcel.payload,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { 'Content-Type': 'application/json', 'Stripe-Signature': sign(parcel.payload, secret) },
    })
      .then(async (response) => {
        await response.body?.cancel()
        return response.status
      })
      .catch(() => 0)
    const answerLost = random() < 0.02
    if (answerLost) tally.add('answers lost')
    if (answer === 200 && !answerLost) return
    if (answer !== 200) tally.add(answer === 0 ? 'deliveries unanswered' : `deliveries answered ${answer}`)
    parcel.tries++
    queue.push({ ...parcel, due: Date.now() + 200 + random() * 400 * Math.min(parcel.tries, 8) })
  }
  const sender = async () => {
    while (open) {
      const now = Date.now()
      const ready = queue.findIndex(({ due }) => due <= now)
      const parcel = ready < 0 ? undefined : queue.splice(ready, 1)[0]
      if (!parcel) {
        await sleep(10)
        continue
      }
      busy++
      await deliver(parcel).finally(() => busy--)
    }
  }
  const senders = Array.from({ length: SENDERS }, sender)
  return {
    /** Where Stripe is to send its events. */
    url: `http://127.0.0.1:${(post.address() as AddressInfo).port}/`,
    /** Sessions whose event nobody will ever deliver. */
    lost,
    /** Copies that nobody has taken yet. */
    waiting: () => queue.length + busy,
    async stop() {
      open = false
      await Promise.all(senders)
      post.closeAllConnections()
      await new Promise((resolve) => post.close(resolve))
    },
  }
}

export type Senders = Awaited<ReturnType<typeof startSenders>>
