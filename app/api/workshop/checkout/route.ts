import { checkoutRoute } from '@/lib/storefront/checkout-handlers'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = checkoutRoute
