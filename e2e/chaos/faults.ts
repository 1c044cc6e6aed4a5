import { setTimeout as sleep } from 'node:timers/promises'
import type { PrivateMysql } from '../../sandbox/mysql/server.mjs'
import type { TestServer } from '../../sandbox/testing/app'
import type { Shop } from '../../sandbox/testing/shop'
import type { Tally } from './tally'

export type Breakable = {
  shop: Shop
  servers: TestServer[]
  database: Pick<PrivateMysql, 'kill' | 'stop' | 'restart'>
  random: () => number
  tally: Tally
}

type Fault = { name: string; run: (world: Breakable) => Promise<void> }

const between = (random: () => number, from: number, to: number) => from + random() * (to - from)

const stripe = (name: string, settings: Parameters<Shop['stripe']['setFaults']>[0]): Fault => ({
  name,
  async run({ shop, random }) {
    shop.stripe.setFaults(settings)
    await sleep(between(random, 1000, 3000))
    shop.stripe.setFaults({})
  },
})

const kill = (index: number): Fault => ({
  name: 'server killed',
  async run({ servers, random }) {
    await servers[index]?.kill()
    await sleep(between(random, 200, 1500))
    await servers[index]?.restart()
  },
})

const mail = (name: string, change: Partial<Shop['mail']['faults']>): Fault => ({
  name,
  async run({ shop, random }) {
    Object.assign(shop.mail.faults, change)
    await sleep(between(random, 1000, 3000))
    Object.assign(shop.mail.faults, { failNext: 0, delayMs: 0 })
  },
})

const FAULTS: Fault[] = [
  kill(0),
  kill(1),
  {
    name: 'database killed',
    async run({ database, random }) {
      await database.kill()
      await sleep(between(random, 300, 1500))
      await database.restart()
    },
  },
  {
    name: 'database stopped',
    async run({ database }) {
      await database.restart()
    },
  },
  stripe('Stripe fails half the time', { failRate: 0.5 }),
  stripe('Stripe hangs', { hang: true }),
  stripe('Stripe refuses connections', { refuse: true }),
  stripe('Stripe is slow', { latencyMs: 700 }),
  stripe('Stripe cuts its answers off', { failNext: { count: 12, status: 'cut', afterEffect: true } }),
  stripe('Stripe stores failures', { failNext: { count: 6, status: 500, store: true } }),
  stripe('Stripe has too many requests', { failNext: { count: 12, status: 429 } }),
  mail('mail fails', { failNext: 1000 }),
  mail('mail is slow', { delayMs: 1500 }),
]

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, weight: random() }))
    .sort((left, right) => left.weight - right.weight)
    .map(({ item }) => item)
}

/** Breaks one thing after the other, each kind as often as any other, and mends it again, until told to stop; then everything is well. */
export function startFaults(world: Breakable) {
  let going = true
  const running = (async () => {
    while (going) {
      for (const fault of shuffled(FAULTS, world.random)) {
        if (!going) return
        world.tally.add(fault.name)
        await fault.run(world)
        await sleep(between(world.random, 100, 900))
      }
    }
  })()
  return async () => {
    going = false
    await running
  }
}
