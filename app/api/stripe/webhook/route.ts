import { webhookRoute } from '@/lib/webhook-route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = webhookRoute
