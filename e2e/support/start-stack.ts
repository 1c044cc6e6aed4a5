import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { freePorts } from '../../scripts/ports.mjs'
import { root, testBuild } from '../../scripts/project.mjs'
import { step } from '../../scripts/report.mjs'
import { startStack } from '../../scripts/stack.mjs'
import { startHost } from './start-host'

/** Starts everything that a sale needs, as the demo does, with data and ports of its own; stops it after the last test. */
export default async function start() {
  const dataDir = join(root, '.cache', `e2e-${process.pid}`)
  const [app = 0, sandbox = 0, inbox = 0, smtp = 0, hostPort = 0] = await freePorts(5)
  const hostUrl = `http://localhost:${hostPort}`
  const stack = await startStack({
    dataDir,
    ports: { app, sandbox, inbox, smtp },
    distDir: testBuild,
    fast: true,
    step,
    onCrash: (message) => process.stderr.write(`\n${message}\n`),
    env: {
      COUNTRY_HEADER: 'x-test-country',
      ALLOWED_ORIGIN: hostUrl,
      // All buyers of these tests come from one address.
      RATE_LIMIT: '2000/60',
    },
  })
  const { url, sandboxUrl, inboxUrl, databaseUrl } = stack
  await roomForAll(stack.databaseUrl)
  const host = await startHost({ dataDir: `${dataDir}-host`, port: hostPort, shopUrl: url }).catch(
    async (error) => {
      await stack.stop()
      throw error
    },
  )
  process.env.E2E_STACK = JSON.stringify({ url, hostUrl, sandboxUrl, inboxUrl, databaseUrl, dataDir })
  return async () => {
    await host.stop()
    await stack.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Every test takes a seat of the same workshop, or holds one. */
async function roomForAll(databaseUrl: string) {
  const connection = await createConnection(databaseUrl)
  await connection.query("update egghead_Product set quantityAvailable = 1000 where id = 'prod_claude_code'")
  await connection.end()
}
