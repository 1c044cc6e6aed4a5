import type { WorkshopDeclaration } from '@/lib/contract/workshop'

/** Your workshops. What Stripe charges, and what the database counts, is set up from here. */
export const workshops: WorkshopDeclaration[] = [
  {
    slug: 'my-workshop',
    productId: 'prod_my_workshop',
    stripeProductId: 'prod_MyWorkshop',
    title: 'My Workshop',
    summary: 'What somebody can do after it that they could not do before.',
    description: [],
    outline: [],
    instructor: { name: 'Your Name', bio: '' },
    startsAt: '2030-06-04T16:00:00Z',
    endsAt: '2030-06-04T20:00:00Z',
    timeZone: 'America/Los_Angeles',
    price: { amount: 9900, currency: 'usd' },
    capacity: 30,
    howToJoin: 'We meet on Zoom. The link comes by e-mail the day before.',
  },
]
