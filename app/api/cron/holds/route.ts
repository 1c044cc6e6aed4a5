import { holdsCron } from '@/lib/commerce/cron-routes'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = holdsCron
