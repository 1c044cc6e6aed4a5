import { startStripeSandbox } from './server'

/** The sandbox as a process of its own. */
const { env } = process
const [url, secret] = [env.STRIPE_SANDBOX_WEBHOOK_URL, env.STRIPE_SANDBOX_WEBHOOK_SECRET]
const events = env.STRIPE_SANDBOX_WEBHOOK_TYPES?.split(',')
const [dataFile, appUrl] = [env.STRIPE_SANDBOX_DATA, env.NEXT_PUBLIC_APP_URL]
if (url && !secret)
  throw new Error('STRIPE_SANDBOX_WEBHOOK_URL needs STRIPE_SANDBOX_WEBHOOK_SECRET (whsec_…)')

const sandbox = await startStripeSandbox({
  port: Number(env.STRIPE_SANDBOX_PORT ?? 0),
  ...(url && secret && { webhooks: [{ url, secret, ...(events && { events }) }] }),
  ...(dataFile && { dataFile }),
  ...(appUrl && { appUrl }),
  log: (line) => console.error(line),
})

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })

console.log(`stripe sandbox ready on ${sandbox.url}`)
