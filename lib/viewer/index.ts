import 'server-only'
import type { Viewer } from '@/lib/contract/types'
import { demoViewer } from './demo'
import { createEggheadViewer } from './egghead'

/**
 * How a host says who is asking. Anything that ends in a verified e-mail will do:
 *
 *     const viewer: ViewerAdapter = async ({ headers }) => {
 *       const session = await auth.api.getSession({ headers })
 *       return session && { id: session.user.id, email: session.user.email, member: session.user.plan === 'yearly' }
 *     }
 */
export type ViewerAdapter = (request: { headers: Headers }) => Promise<Viewer | null>

export type ViewerOptions = {
  demo: boolean
  eggheadAuthUrl?: string | undefined
  /** The billing interval of a Stripe subscription: `year`, `month`, … */
  subscriptionInterval: (subscriptionId: string) => Promise<string | null>
  onProblem?: (problem: string) => void
}

export function createViewer(options: ViewerOptions): ViewerAdapter {
  if (options.demo) return demoViewer
  const { eggheadAuthUrl: authUrl, subscriptionInterval, onProblem } = options
  if (authUrl) return createEggheadViewer({ authUrl, subscriptionInterval, onProblem })
  return async () => null
}
