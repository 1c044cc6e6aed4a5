import 'server-only'
import { chunksOf } from '@/lib/http/chunks'
import { type EggheadUser, parseEggheadUser } from './egghead-user'

const MAX_BYTES = 256 * 1024

/** Why Rails could not say who is asking. The message names neither token nor viewer. */
export class ViewerProblem extends Error {
  override readonly name = 'ViewerProblem'
}

/**
 * Asks Rails whose token this is; null where it is nobody's any more.
 * A redirect is never followed: it would carry the token to wherever it points.
 *
 * @throws ViewerProblem
 */
export async function fetchEggheadUser(
  authUrl: string,
  token: string,
  signal: AbortSignal,
): Promise<EggheadUser | null> {
  const response = await ask(`${authUrl}/api/v1/users/current?minimal=true`, token, signal)
  if (response.status !== 200) await discard(response)
  if (response.status === 401 || response.status === 403) return null
  if (response.status !== 200) throw new ViewerProblem(`the answer has status ${response.status}`)
  const user = parseEggheadUser(await readText(response))
  if (!user) throw new ViewerProblem('the answer is not a user')
  return user
}

async function ask(url: string, token: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
      redirect: 'manual',
      cache: 'no-store',
      signal,
    })
  } catch {
    throw unreachable(signal)
  }
}

const unreachable = (signal: AbortSignal) =>
  new ViewerProblem(signal.aborted ? 'no answer in time' : 'the connection failed')

const discard = (response: Response) => response.body?.cancel().catch(() => undefined)

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of chunksOf(response.body)) {
      size += chunk.byteLength
      if (size > MAX_BYTES) break
      chunks.push(chunk)
    }
  } catch {
    throw new ViewerProblem('the answer was cut off')
  }
  if (size > MAX_BYTES) throw new ViewerProblem('the answer is too large')
  return Buffer.concat(chunks).toString('utf8')
}
