import { offerRoute } from '@/lib/storefront/offer-handlers'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = offerRoute
