import { expect, test } from 'vitest'
import { variables } from '@/lib/env'
import { HANDLED_TYPES } from '@/lib/stripe/event-types'
import { serverEnv, webhookTypes } from './stack-parts.mjs'

test("no variable of the developer's own reaches a stack's server", () => {
  const secrets = { STRIPE_SECRET_KEY: '', STRIPE_WEBHOOK_SECRET: '', CRON_SECRET: '', METRICS_TOKEN: '' }
  const ports = { app: 1, sandbox: 2, inbox: 3, smtp: 4 }
  const env = serverEnv({ dataDir: '', ports }, secrets, 'mysql://root@127.0.0.1:5/workshop')
  expect(Object.keys(env).sort()).toEqual(Object.keys(variables).sort())
})

test('the sandbox is asked for the events that our webhook works on', () => {
  expect([...webhookTypes].sort()).toEqual([...HANDLED_TYPES].sort())
})
