import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { variables } from '@/lib/env'
import { exitCode } from '@/scripts/processes.mjs'
import { nodeBinary, root, testBuild } from '@/scripts/project.mjs'

/** A `next start` process of the build that the test run made. */
export interface Server {
  /** Everything that it wrote so far. */
  output(): string
  /** Its exit code, once it has ended. */
  ended: Promise<number>
  stop(): Promise<void>
  /** SIGKILL: no chance to finish anything. */
  kill(): Promise<void>
  /** Looks into a process that was started to be looked into. */
  observed: Observed
}

/** What a process says of itself. */
export interface Observed {
  /** The files loaded so far, with their bytes. */
  files(): Promise<[file: string, bytes: number][]>
  /** Memory in use, after a garbage collection. */
  memory(): Promise<NodeJS.MemoryUsage>
}

// When whoever started it is gone, however that came about, the server goes too.
const endWithParent = 'data:text/javascript,process.once("disconnect",()=>process.exit())'
const observer = new URL('./observer.mjs', import.meta.url).href

/** Whatever the shell or an .env file says, a server knows only what its test gave it. */
const shield = Object.fromEntries(Object.keys(variables).map((name) => [name, '']))

export type ServerOptions = {
  /** To be looked into; that slows its loading down a little. */
  observed?: boolean
}

export function spawnServer(
  port: number,
  env: Record<string, string>,
  { observed = false }: ServerOptions = {},
): Server {
  const args = ['node_modules/next/dist/bin/next', 'start', '-H', '127.0.0.1', '-p', String(port)]
  const preloads = [endWithParent, ...(observed ? [observer] : [])].flatMap((url) => ['--import', url])
  const child = spawn(nodeBinary(), [...preloads, ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      NEXT_DIST_DIR: testBuild,
      ...shield,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      output += part
    })
  }
  const ended = exitCode(child)
  return {
    output: () => output,
    ended,
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(late)
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    observed: observedIn(child, observed),
  }
}

function observedIn(child: ChildProcess, isObserved: boolean): Observed {
  const ask = <T>(what: keyof Observed) =>
    new Promise<T>((resolve, reject) => {
      if (!isObserved) throw new Error('this server was not started to be looked into')
      const gone = () => reject(new Error('the server is gone'))
      const listen = ({ ask, answer }: { ask: string; answer: T }) => {
        if (ask !== what) return
        child.off('message', listen).off('exit', gone)
        resolve(answer)
      }
      child.on('message', listen).once('exit', gone)
      child.send({ ask: what })
    })
  return { files: () => ask('files'), memory: () => ask('memory') }
}

/** Starts a server and waits until it answers. */
export async function startServer(
  port: number,
  env: Record<string, string>,
  options?: ServerOptions,
): Promise<Server> {
  const server = spawnServer(port, env, options)
  let over = false
  void server.ended.then(() => {
    over = true
  })
  const deadline = Date.now() + 30_000
  while (!(await isHealthy(port))) {
    if (over || Date.now() > deadline) {
      await server.stop()
      throw new Error(`The server did not start:\n${server.output()}`)
    }
    await sleep(50)
  }
  return server
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(2000) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
