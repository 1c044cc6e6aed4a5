import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '../../scripts/ports.mjs'
import { root, testBuild } from '../../scripts/project.mjs'
import { step } from '../../scripts/report.mjs'
import { startStack } from '../../scripts/stack.mjs'

/** Starts everything that a sale needs, as the demo does, with data and ports of its own; stops it after the last test. */
export default async function start() {
  const dataDir = join(root, '.cache', `e2e-${process.pid}`)
  const [app = 0, sandbox = 0, inbox = 0, smtp = 0] = await freePorts(4)
  const stack = await startStack({
    dataDir,
    ports: { app, sandbox, inbox, smtp },
    distDir: testBuild,
    fast: true,
    step,
    onCrash: (message) => process.stderr.write(`\n${message}\n`),
    env: { COUNTRY_HEADER: 'x-test-country' },
  })
  const { url, sandboxUrl, inboxUrl, databaseUrl } = stack
  process.env.E2E_STACK = JSON.stringify({ url, sandboxUrl, inboxUrl, databaseUrl, dataDir })
  return async () => {
    await stack.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
