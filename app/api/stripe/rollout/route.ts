import { rolloutRoute } from '@/lib/commerce-api'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = rolloutRoute
