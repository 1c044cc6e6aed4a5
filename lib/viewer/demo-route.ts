import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import { env } from '@/lib/env'
import { readBody } from '@/lib/http/body'
import { checkOrigin } from '@/lib/http/origin'
import { route } from '@/lib/http/route'
import { createLog } from '@/lib/telemetry/log'
import { demoCookie, isDemoPersona } from './demo'

/** `POST /api/demo/sign-in`: lets one be nobody, a member or a yearly member. There only in the demo. */
export const demoSignInRoute = route({
  path: '/api/demo/sign-in',
  log: () => createLog(env().LOG_LEVEL),
  exists: () => env().WORKSHOP_DEMO === '1',
  POST: async (request) => {
    const settings = env()
    checkOrigin(request, { own: settings.NEXT_PUBLIC_APP_URL, allowed: [] })
    const { value } = await readBody(request)
    if (!isDemoPersona(value.as)) {
      const issue = { path: 'as', message: 'must be nobody, member or yearly' }
      throw new CheckoutError('invalid_request', { details: { issues: [issue] } })
    }
    return new Response(null, {
      status: 303,
      headers: {
        Location: settings.NEXT_PUBLIC_APP_URL + localPath(value.returnTo),
        'Set-Cookie': demoCookie(value.as),
      },
    })
  },
})

/** A path of our own: never another host, however it is spelled. */
const localPath = (value: unknown): string =>
  typeof value === 'string' && /^\/(?![/\\])[\w\-./?=&%]*$/.test(value) ? value : '/'
