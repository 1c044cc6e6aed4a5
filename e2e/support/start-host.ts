import { rmSync } from 'node:fs'
import { ensureBuild } from '../../scripts/build.mjs'
import { step } from '../../scripts/report.mjs'
import { Services } from '../../scripts/services.mjs'

const folder = 'e2e/hosts/pages-router'

/** Builds and starts the host with the Pages Router, which uses our components and sells through the shop's API. */
export async function startHost({
  dataDir,
  port,
  shopUrl,
}: {
  dataDir: string
  port: number
  shopUrl: string
}) {
  const services = new Services(dataDir, (message) => process.stderr.write(`\n${message}\n`))
  const kill = () => services.kill()
  process.once('exit', kill)
  const stop = async () => {
    await services.stop()
    process.off('exit', kill)
    rmSync(dataDir, { recursive: true, force: true })
  }
  const start = () =>
    services.start(
      'host',
      ['node_modules/next/dist/bin/next', 'start', folder, '-H', 'localhost', '-p', String(port)],
      { env: { SHOP_URL: shopUrl }, ready: () => answers(`http://localhost:${port}/`) },
    )
  try {
    await step('Building the host with the Pages Router', async () =>
      (await ensureBuild(services, '.next', folder)) ? 'done' : 'unchanged, checked',
    )
    await step('Starting that host', start)
    return { stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function answers(url: string) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
