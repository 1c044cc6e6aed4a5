import { metricsRoute } from '@/lib/telemetry/metrics-route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = metricsRoute
