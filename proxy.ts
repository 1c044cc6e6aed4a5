import { giveVisitorId } from '@/lib/storefront/proxy'

export const proxy = giveVisitorId

export const config = { matcher: ['/workshop/:slug', '/workshop/:slug/confirmation'] }
