import { webhookRoute } from '@/lib/commerce-routes'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = webhookRoute
