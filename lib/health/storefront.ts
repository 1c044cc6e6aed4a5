import 'server-only'
import type { Env } from '@/lib/env'
import { authorization } from '@/lib/http/bearer'
import { type CheckResult, failing, good, look, PATIENCE_MS } from './deep'

/** What a pure storefront needs: a commerce side that answers, and takes our key. It says by itself how it is. */
export async function checkStorefront(settings: Env): Promise<Record<string, CheckResult>> {
  const commerce = await look(() => lookAtCommerce(settings), failing('does not answer, or not in time'))
  return { commerce }
}

async function lookAtCommerce(settings: Env): Promise<CheckResult> {
  const { COURSE_BUILDER_API_URL: baseUrl = '', COURSE_BUILDER_API_KEY: key = '' } = settings
  const bearer = { key, method: settings.COURSE_BUILDER_API_AUTH }
  const answer = await fetch(`${baseUrl}/api/stripe/rollout`, {
    headers: { Authorization: await authorization(bearer, settings.NEXT_PUBLIC_APP_URL, '') },
    redirect: 'manual',
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  await answer.body?.cancel()
  if (answer.ok) return good
  return failing(answer.status === 401 ? 'refuses our key, or our clock' : `answers ${answer.status}`)
}
