import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { nodeBinary, root } from '../../scripts/project.mjs'

const folder = join(root, 'bench/coursebuilder')

/** Course Builder's published packages run in a process of its own. */
export interface Theirs {
  /** @returns the time of one checkout in milliseconds, and its session's id */
  checkout(params: Record<string, unknown>): Promise<{ ms: number; sessionId: string }>
  /** @returns the time from a signed webhook to the commit, and how many HTTP requests that would have been */
  sale(rawBody: string, signature: string): Promise<{ ms: number; invocations: number }>
  stop(): Promise<void>
}

type Answer = { id: number; ms: number; sessionId: string; invocations: number; error?: string }

export async function startTheirs(env: Record<string, string>): Promise<Theirs> {
  const child = spawn(nodeBinary(), ['run.mjs'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...env },
    // Its logger writes a line for every step.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  // A run that is stopped leaves nobody behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const waiting = new Map<number, (answer: Answer) => void>()
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    said = (said + part).slice(-4000)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer))
  const ready = new Promise<void>((resolve, reject) => {
    waiting.set(0, () => resolve())
    void ended.then(() => reject(new Error(`Course Builder's process ended:\n${said}`)))
  })
  ready.catch(() => undefined)
  await ready
  let last = 0
  const ask = async (kind: string, request: Record<string, unknown>): Promise<Answer> => {
    const id = ++last
    const answer = await new Promise<Answer>((resolve, reject) => {
      waiting.set(id, resolve)
      void ended.then(() => reject(new Error(`Course Builder's process ended:\n${said}`)))
      child.send({ id, kind, ...request })
    })
    waiting.delete(id)
    if (answer.error) throw new Error(`Course Builder: ${answer.error}`)
    return answer
  }
  return {
    checkout: (params) => ask('checkout', { params }),
    sale: (rawBody, signature) => ask('sale', { rawBody, signature }),
    stop: () => stop(child, ended),
  }
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill()
  await ended
}
