import { rolloutRoute } from '@/lib/commerce/server-routes'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = rolloutRoute
