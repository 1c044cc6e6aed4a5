import { openapiRoute } from '@/lib/http/openapi-route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = openapiRoute
