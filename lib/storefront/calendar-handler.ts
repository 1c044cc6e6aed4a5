import 'server-only'
import { calendarFileName, calendarForWorkshop } from '@/lib/calendar/for-workshop'
import { isFault } from '@/lib/contract/errors'
import type { Workshop } from '@/lib/contract/types'
import { route } from '@/lib/http/route'
import { declaredWorkshops } from '@/lib/workshops'
import { storefront } from './storefront'
import { possibleSlug } from './told-offer'

/** `GET /workshop/{slug}/calendar.ics`: the same file, with the same UID, that the confirmation e-mail carries. */
export const calendarRoute = route<{ slug: string }>({
  path: '/workshop/{slug}/calendar.ics',
  log: () => storefront().log,
  GET: async (_request, { params, requestId }) => {
    const { settings } = storefront()
    const workshop = await workshopOf(possibleSlug(params.slug), requestId)
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

/** A buyer's file waits for nobody: where the commerce side or Stripe can't be asked, as it is declared. */
async function workshopOf(slug: string, requestId: string): Promise<Workshop> {
  try {
    return (await storefront().gateway.offer({ slug, quantity: 1 }, {}, { requestId })).workshop
  } catch (error) {
    const declared = declaredWorkshops().find((workshop) => workshop.slug === slug)
    if (!declared || !isFault(error)) throw error
    return declared
  }
}
