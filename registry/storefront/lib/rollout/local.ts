import 'server-only'
import type { Verdict } from '@/lib/rollout/guard'
import type { Exchange } from '@/lib/rollout/report'

type LocalExchange = (onVerdict: (verdict: Verdict, before: Verdict) => void) => Exchange

/** There is no commerce side in this app to keep a setting. */
export const localExchange: LocalExchange = () => {
  throw new Error('COURSE_BUILDER_API_URL is missing: where the commerce side is')
}
