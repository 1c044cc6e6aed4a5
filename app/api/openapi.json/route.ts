import { openapiRoute } from '@/lib/openapi'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = openapiRoute
