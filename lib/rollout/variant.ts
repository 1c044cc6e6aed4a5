import 'server-only'
import { rollout } from '.'
import { assign, type FlagVisitor, type Variant } from './setting'

const OVERRIDES = 'vercel-flag-overrides'

/**
 * The variant of this visitor. Only the toolbar's override needs the Flags SDK, which is loaded with the first; one that can't be read
 * is none.
 */
export async function variantOf(visitor: FlagVisitor, headers: Headers): Promise<Variant> {
  const cookie = headers.get('cookie') ?? ''
  const overridden = process.env.FLAGS_SECRET !== undefined && cookie.includes(`${OVERRIDES}=`)
  if (!overridden) return assign(rollout().rollout, visitor)
  try {
    const { checkoutFlag } = await import('./flag')
    const request = new Request('http://localhost', { headers: { cookie } })
    return known(await checkoutFlag.run({ identify: visitor, request }))
  } catch {
    return assign(rollout().rollout, visitor)
  }
}

/** An override may be anything that somebody with the secret wrote. */
const known = (value: Variant): Variant => (value === 'payment-link' ? 'payment-link' : 'session')
