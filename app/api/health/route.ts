import { healthRoute } from '@/lib/health/route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = healthRoute
