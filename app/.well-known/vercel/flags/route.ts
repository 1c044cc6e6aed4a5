import { flagsRoute } from '@/lib/rollout/flags-route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = flagsRoute
