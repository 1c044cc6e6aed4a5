import { statusRoute } from '@/lib/storefront/status-handlers'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = statusRoute
