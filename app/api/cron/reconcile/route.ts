import { reconcileCron } from '@/lib/commerce-routes'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = reconcileCron
