import { webhookRoute } from '@/lib/commerce/webhook-route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = webhookRoute
