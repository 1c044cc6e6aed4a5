import { reconcileCron } from '@/lib/commerce/cron-routes'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = reconcileCron
