import 'server-only'
import { guarded, type ViewerAdapter } from './adapter'
import { demoViewer } from './demo'
import { createEggheadViewer } from './egghead'
import type { FetchSubscription } from './egghead-membership'

export type { ViewerAdapter } from './adapter'

export type ViewerOptions = {
  /** The host's own adapter, from `viewer.config.ts`. */
  own?: ViewerAdapter | undefined
  demo: boolean
  eggheadAuthUrl?: string | undefined
  fetchSubscription: FetchSubscription
  onProblem?: (problem: string) => void
}

export function createViewer(options: ViewerOptions): ViewerAdapter {
  const { own, eggheadAuthUrl: authUrl, fetchSubscription, onProblem } = options
  if (own) return guarded(own, (problem) => onProblem?.(problem))
  if (options.demo) return demoViewer
  if (authUrl) return createEggheadViewer({ authUrl, fetchSubscription, onProblem })
  return async () => null
}
