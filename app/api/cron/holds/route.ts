import { holdsCron } from '@/lib/commerce-routes'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = holdsCron
