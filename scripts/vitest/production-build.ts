import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuild } from '../build.mjs'
import { root, testBuild } from '../project.mjs'
import { Services } from '../services.mjs'

/** Tests over HTTP run against `next start`: one build for all of them, and none where the sources are unchanged. */
export default async function setup(): Promise<void> {
  const folder = join(root, '.cache', `build-${process.pid}`)
  const services = new Services(folder, () => undefined)
  // A run that is stopped while it builds leaves no build behind.
  const atExit = () => services.kill()
  process.once('exit', atExit)
  try {
    await ensureBuild(services, testBuild)
  } finally {
    process.off('exit', atExit)
    await services.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
