import { serverOfferRoute } from '@/lib/commerce-api'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serverOfferRoute
