import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMysql } from '../../sandbox/mysql/start.mjs'
import { testServerUrl } from '../../sandbox/testing/database'

/** Gives integration tests a server: the one in `TEST_DATABASE_URL`, else one of their own for this run. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_DATABASE_URL) {
    testServerUrl()
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'workshop-test-'))
  const server = await startMysql({ dataDir: join(folder, 'mysql'), fast: true })
  process.env.TEST_DATABASE_URL = server.url
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
