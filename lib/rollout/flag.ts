import 'server-only'
import { flag } from 'flags/next'
import { cookieOf } from '@/lib/storefront/visitor-cookie'
import { rollout } from '.'
import { assign, type FlagVisitor, type Variant } from './setting'

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
