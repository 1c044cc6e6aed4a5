import { z } from 'zod'
import type { Viewer } from '@/lib/contract/types'
import { viewerEmail, viewerName } from './identity'

/**
 * How a host says who is asking. Anything that ends in a verified e-mail will do:
 *
 *     const viewer: ViewerAdapter = async ({ headers }) => {
 *       const session = await auth.api.getSession({ headers })
 *       return session && { id: session.user.id, email: session.user.email, member: session.user.plan === 'yearly' }
 *     }
 */
export type ViewerAdapter = (request: { headers: Headers }) => Promise<Viewer | null>

/** A page waits no longer to learn who is asking. */
const BUDGET_MS = 1000

const viewerSchema: z.ZodType<Viewer | null> = z
  .object({
    id: z.string().min(1),
    email: viewerEmail,
    name: z.string().exactOptional(),
    member: z.boolean(),
  })
  .transform(({ name: raw = '', ...viewer }) => {
    const name = viewerName(raw)
    return { ...viewer, ...(name && { name }) }
  })
  .nullable()

/**
 * An adapter of the host's own, so that whatever goes wrong in it means logged out: a failure, no answer within a second, an
 * answer that is no viewer. A problem names what was wrong, never who was asking.
 */
export function guarded(adapter: ViewerAdapter, onProblem: (problem: string) => void): ViewerAdapter {
  return async (request) => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('late')), BUDGET_MS)
    })
    try {
      const answer = viewerSchema.safeParse(await Promise.race([adapter(request), late]))
      if (answer.success) return answer.data
      const fields = answer.error.issues.map(({ path }) => path.join('.') || 'the whole answer')
      onProblem(`viewer.config.ts answered something else than a viewer: ${fields.join(', ')}`)
    } catch (error) {
      const late = error instanceof Error && error.message === 'late'
      onProblem(late ? 'viewer.config.ts gave no answer in time' : 'viewer.config.ts failed')
    } finally {
      clearTimeout(timer)
    }
    return null
  }
}
