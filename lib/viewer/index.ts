import 'server-only'
import { guarded, type ViewerAdapter } from './adapter'
import { demoViewer } from './demo'
import { createEggheadViewer } from './egghead'

export type { ViewerAdapter } from './adapter'

export type ViewerOptions = {
  /** The host's own adapter, from `viewer.config.ts`. */
  own?: ViewerAdapter | undefined
  demo: boolean
  eggheadAuthUrl?: string | undefined
  /** The billing interval of a Stripe subscription: `year`, `month`, … */
  subscriptionInterval: (subscriptionId: string) => Promise<string | null>
  onProblem?: (problem: string) => void
}

export function createViewer(options: ViewerOptions): ViewerAdapter {
  const { own, eggheadAuthUrl: authUrl, subscriptionInterval, onProblem } = options
  if (own) return guarded(own, (problem) => onProblem?.(problem))
  if (options.demo) return demoViewer
  if (authUrl) return createEggheadViewer({ authUrl, subscriptionInterval, onProblem })
  return async () => null
}
