import { calendarRoute } from '@/lib/storefront/calendar-handler'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = calendarRoute
