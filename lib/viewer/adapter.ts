import { z } from 'zod'
import type { Viewer } from '@/lib/contract/types'
import { inTime, TooLate } from '@/lib/in-time'
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
    try {
      const answering = Promise.resolve(adapter(request))
      const answer = viewerSchema.safeParse(await inTime(answering, BUDGET_MS, 'no answer in time'))
      if (answer.success) return answer.data
      const fields = answer.error.issues.map(({ path }) => path.join('.') || 'the whole answer')
      onProblem(`viewer.config.ts answered something else than a viewer: ${fields.join(', ')}`)
    } catch (error) {
      onProblem(
        error instanceof TooLate ? 'viewer.config.ts gave no answer in time' : 'viewer.config.ts failed',
      )
    }
    return null
  }
}
