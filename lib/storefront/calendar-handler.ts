import 'server-only'
import { calendarFileName, calendarForWorkshop } from '@/lib/calendar/for-workshop'
import { route } from '@/lib/http/route'
import { declaredWorkshops } from '@/lib/workshops'
import { storefront } from './storefront'

/** `GET /workshop/{slug}/calendar.ics`: the same file, with the same UID, that the confirmation e-mail carries. */
export const calendarRoute = route<{ slug: string }>({
  path: '/workshop/{slug}/calendar.ics',
  log: () => storefront().log,
  GET: async (_request, { params, requestId }) => {
    const { gateway, settings } = storefront()
    const { workshop } = await gateway.offer({ slug: params.slug, quantity: 1 }, {}, { requestId })
    const declared = declaredWorkshops().find(({ productId }) => productId === workshop.productId)
    const calendar = calendarForWorkshop({
      ...workshop,
      url: `${settings.NEXT_PUBLIC_APP_URL}/workshop/${encodeURIComponent(workshop.slug)}`,
      howToJoin: declared?.howToJoin,
      replyTo: declared?.replyTo,
    })
    return new Response(calendar, {
      headers: {
        'Content-Type': 'text/calendar; charset=utf-8',
        'Content-Disposition': `attachment; filename="${calendarFileName(workshop)}"`,
        'Cache-Control': 'public, max-age=300',
      },
    })
  },
})
