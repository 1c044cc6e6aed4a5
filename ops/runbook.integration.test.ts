import { execFile, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as tables from '@/db/schema'
import { variables } from '@/lib/env'
import { openShop, type Shop, someone } from '@/sandbox/testing/shop'
import { childEnv, root } from '@/scripts/project.mjs'
import { runOps } from './testing/run'

/** Every step of docs/runbook.md is performed, as it stands there, on a shop that has what the step is about; so are the operator's. */
vi.setConfig({ testTimeout: 240_000 })

type Block = { section: string; number: number; language: string; text: string }

function blocksOf(markdown: string): Block[] {
  return markdown.split(/^## /m).flatMap((part, at) => {
    const section = at === 0 ? 'first' : part.slice(0, part.indexOf('\n'))
    return [...part.matchAll(/^```(sh|sql)\n([\s\S]*?)^```$/gm)].map(
      ([, language = '', text = ''], number) => ({
        section,
        number: number + 1,
        language,
        text,
      }),
    )
  })
}

const guide = (name: string) => blocksOf(readFileSync(join(root, 'docs', name), 'utf8'))
const all = [
  ...guide('runbook.md'),
  ...guide('operator.md').filter(({ section }) => /^(Health|The scheduler|The rollout)$/.test(section)),
]
/** The same step in another section, with nothing of its own to see, need not be performed again. */
const blocks = () =>
  all.filter(
    ({ section, number, text }, at) =>
      scenes[`${section} ${number}`] || all.findIndex((one) => one.text === text) === at,
  )
const hasCurl = spawnSync('curl', ['--version'], { stdio: 'ignore' }).status === 0
const shield = Object.fromEntries(Object.keys(variables).map((name) => [name, '']))

let shop: Shop
let productId: string
/** What the step's `$EVENT` and `$EFFECT` stand for. */
let named: Record<string, string> = {}

beforeAll(async () => {
  shop = await openShop({ METRICS_TOKEN: randomBytes(16).toString('hex') })
  expect(await runOps(['setup', '--yes'], shop.env)).toMatchObject({ code: 0 })
  productId = (await shop.sell()).productId
  await shop.buy({ productId }, { email: someone() })
  await shop.delivered()
})
afterAll(() => shop.stop())

function shell(script: string): Promise<{ code: number; out: string; err: string }> {
  const env = childEnv({ ...shield, ...shop.env, ...named, URL: shop.url, NODE_ENV: 'production' })
  return new Promise((resolve) => {
    const child = execFile('bash', ['-euo', 'pipefail', '-c', script], { cwd: root, env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })
}

/** A sale whose event is here, in this state. */
async function eventOfASale(status: tables.InboxStatus): Promise<string> {
  const sessionId = await shop.buy({ productId }, { email: someone() })
  await shop.delivered()
  const { id } = await shop.eventOf(sessionId, 'checkout.session.completed')
  const later = new Date(Date.now() + 3_600_000)
  await shop.db
    .update(tables.stripeEvent)
    .set({ status, nextAttemptAt: later, reason: 'made so by a test' })
    .where(eq(tables.stripeEvent.id, id))
  return id
}

async function effectOfASale(status: tables.OutboxStatus): Promise<string> {
  const sessionId = await shop.buy({ productId }, { email: someone() })
  await shop.delivered()
  const id = `confirmation:${(await shop.checkoutOf(sessionId)).purchaseId}`
  await expect.poll(() => effect(id), { timeout: 15_000 }).toBe('sent')
  const nextAttemptAt = new Date(Date.now() + 3_600_000)
  await shop.db
    .update(tables.outbox)
    .set({ status, nextAttemptAt, lastError: 'made so by a test' })
    .where(eq(tables.outbox.id, id))
  return id
}

const event = async (id: string) =>
  (await shop.db.select().from(tables.stripeEvent).where(eq(tables.stripeEvent.id, id)))[0]?.status
const effect = async (id: string) =>
  (await shop.db.select().from(tables.outbox).where(eq(tables.outbox.id, id)))[0]?.status

/** What has to be there for a step, and what is there after it, by section and number of the block. */
const scenes: Record<string, { before?: () => Promise<void>; after?: (out: string) => Promise<void> }> = {
  'first 1': {
    after: async (out) => {
      expect(out).toContain('"migrations":{"status":"ok"}')
      expect(out).toMatch(/✓ webhook/)
    },
  },
  'first 2': {
    after: async () => {
      const rows = await shop.db.select().from(tables.setting).where(eq(tables.setting.key, 'rollout'))
      expect(rows[0]?.value).toMatchObject({ rollout: 'off' })
      expect(await runOps(['rollout', 'on', '--yes'], shop.env)).toMatchObject({ code: 0 })
      // The server asks every two seconds: it may have heard of the switch, and not yet of the way back.
      const back = async () => (await shop.register({ productId, attemptId: randomUUID() })).status
      await expect.poll(back, { timeout: 15_000 }).toBe(200)
    },
  },
  'CheckoutCompletionDropped 1': {
    after: async (out) => expect(out).toMatch(/^0 differences$/m),
  },
  'WebhookFailures 1': {
    before: async () => {
      named = { EVENT: await eventOfASale('pending') }
    },
    after: async (out) => expect(out).toContain(named.EVENT),
  },
  'WebhookFailures 2': {
    after: async () => expect(await event(named.EVENT ?? '')).toBe('processed'),
  },
  'WebhookUnverified 1': {
    before: async () => {
      shop.stripe.setDeliveries({ drop: true })
      named = { SALE: await shop.buy({ productId }, { email: someone() }) }
      shop.stripe.setDeliveries({})
      expect((await shop.checkoutOf(named.SALE ?? '')).purchaseId).toBeNull()
    },
    after: async () => expect((await shop.checkoutOf(named.SALE ?? '')).purchaseId).not.toBeNull(),
  },
  'OldestEventUnworked 1': {
    before: async () => {
      named = { EVENT: await eventOfASale('pending') }
      await shop.makeDue()
    },
    after: async (out) => {
      expect(await event(named.EVENT ?? '')).toBe('processed')
      expect(out).toContain('No such events.')
    },
  },
  'EventsParked 1': {
    before: async () => {
      named = { EVENT: await eventOfASale('parked') }
    },
    after: async (out) => expect(out).toContain(named.EVENT),
  },
  'EventsParked 2': {
    after: async () => expect(await event(named.EVENT ?? '')).toBe('processed'),
  },
  'EventsParked 3': {
    before: async () => {
      named = { EVENT: await eventOfASale('parked') }
    },
    after: async () => expect(await event(named.EVENT ?? '')).toBe('ignored'),
  },
  'OutboxStuck 1': {
    before: async () => {
      named = { EFFECT: await effectOfASale('pending') }
    },
    after: async (out) => expect(out).toContain(named.EFFECT),
  },
  'OutboxStuck 3': {
    after: async () => expect(await effect(named.EFFECT ?? '')).toBe('sent'),
  },
  'DeadLetters 1': {
    before: async () => {
      named = { EFFECT: await effectOfASale('dead') }
    },
    after: async (out) => expect(out).toContain(named.EFFECT),
  },
  'DeadLetters 2': {
    after: async () => {
      await shop.cron('outbox')
      expect(await effect(named.EFFECT ?? '')).toBe('sent')
    },
  },
  'DeadLetters 3': {
    before: async () => {
      named = { EFFECT: await effectOfASale('dead') }
    },
    after: async () => expect(await effect(named.EFFECT ?? '')).toBe('cancelled'),
  },
  'Health 1': { after: async (out) => expect(out).toContain('"mail":{"status":"ok"}') },
  'The scheduler 1': {
    after: async (out) => expect(out.match(/\{"/g)?.length).toBeGreaterThan(3),
  },
  'The rollout 1': {
    after: async (out) => {
      expect(out).toContain('shown to')
      const rows = await shop.db.select().from(tables.setting).where(eq(tables.setting.key, 'rollout'))
      expect(rows[0]?.value).toMatchObject({ rollout: 'on', internal: ['@egghead.io'] })
    },
  },
  'MetricsMissing 1': { after: async (out) => expect(out).toMatch(/^200\n/) },
}

describe.each(blocks())('$section, step $number', ({ section, number, language, text }) => {
  const scene = scenes[`${section} ${number}`]

  test.skipIf(text.includes('curl') && !hasCurl)('does what it says', async () => {
    await scene?.before?.()
    if (language === 'sql') {
      expect(text, 'the runbook only reads').toMatch(/^(select|show) [^;]+;\s*$/)
      await shop.db.execute(sql.raw(text.replace(/;\s*$/, '')))
      return
    }
    const { code, out, err } = await shell(text)
    expect(code, `${text}\n${out}\n${err}`).toBe(0)
    expect(err).not.toMatch(/usage|error:|missing/i)
    await scene?.after?.(out)
  })
})

test('every scene is about a step that is there', () => {
  const steps = all.map(({ section, number }) => `${section} ${number}`)
  for (const name of Object.keys(scenes)) expect(steps).toContain(name)
  expect(steps.length).toBeGreaterThan(25)
})
