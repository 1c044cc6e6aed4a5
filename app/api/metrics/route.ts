import { metricsRoute } from '@/lib/metrics-route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = metricsRoute
