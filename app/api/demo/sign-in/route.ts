import { demoSignInRoute } from '@/lib/viewer/demo-route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = demoSignInRoute
