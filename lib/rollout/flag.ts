import 'server-only'
import { flag } from 'flags/next'
import { cookieOf } from '@/lib/storefront/visitor-cookie'
import { rollout } from '.'
import { assign, type Variant } from './setting'

/** Who is asked for: a visitor's id and, where the host verified it, whether they are an internal person. */
export type FlagVisitor = { id: string; internal: boolean }

/**
 * The flag of the rollout, for Vercel's Flags SDK: `await checkoutFlag()` in a Server Component. Sticky by the visitor's cookie,
 * which `proxy.ts` sets before anything is rendered, so that nothing flickers. The toolbar may override it where `FLAGS_SECRET` is set.
 */
export const checkoutFlag = flag<Variant, FlagVisitor>({
  key: 'workshop-checkout',
  description: 'Whether this visitor registers through our checkout or through the payment link',
  options: [
    { value: 'session', label: 'Our checkout' },
    { value: 'payment-link', label: 'Payment link' },
  ],
  identify: ({ headers }) => ({ id: cookieOf(headers) ?? '', internal: false }),
  decide: ({ entities }) => assign(rollout().rollout, entities ?? { id: '', internal: false }),
})

const OVERRIDES = 'vercel-flag-overrides'

/** The variant of this visitor. An override that can't be read is none. */
export async function variantOf(visitor: FlagVisitor, headers: Headers): Promise<Variant> {
  const cookie = headers.get('cookie') ?? ''
  const overridden = process.env.FLAGS_SECRET !== undefined && cookie.includes(`${OVERRIDES}=`)
  const request = new Request('http://localhost', { headers: overridden ? { cookie } : {} })
  try {
    return known(await checkoutFlag.run({ identify: visitor, request }))
  } catch {
    return assign(rollout().rollout, visitor)
  }
}

/** An override may be anything that somebody with the secret wrote. */
const known = (value: Variant): Variant => (value === 'payment-link' ? 'payment-link' : 'session')
