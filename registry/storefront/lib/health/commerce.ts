import 'server-only'
import type { CheckResult } from '@/lib/health/deep'

/** There is no commerce side in this app to look at. */
export const checkCommerce = async (): Promise<Record<string, CheckResult>> => {
  throw new Error('COURSE_BUILDER_API_URL is missing: where the commerce side is')
}
