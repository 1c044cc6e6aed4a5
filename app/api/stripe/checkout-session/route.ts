import { serverCheckoutRoute } from '@/lib/commerce/server-routes'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serverCheckoutRoute
