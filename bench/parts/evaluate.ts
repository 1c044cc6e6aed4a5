import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { childEnv, nodeBinary, root, testBuild } from '../../scripts/project.mjs'

/** What it took to load a route, by itself, into a process that has Next loaded already. */
export type Evaluated = {
  files: number
  /** Milliseconds. */
  took: number
  /** Bytes. */
  heap: number
}

/** Loads a route of the production build as a function that serves it alone does. */
export async function evaluate(route: string): Promise<Evaluated> {
  const { stdout } = await promisify(execFile)(
    nodeBinary(),
    ['--import', './sandbox/testing/observer.mjs', 'bench/parts/route-loader.mjs', testBuild, route],
    { cwd: root, env: childEnv({ NODE_ENV: 'production', NEXT_RUNTIME: 'nodejs' }) },
  )
  return JSON.parse(stdout)
}
