import type { GetServerSideProps } from 'next'
import type { Workshop } from '@/lib/contract/types'

/** What this host sells, written down as a host would. */
export const workshop: Workshop = {
  slug: 'claude-code',
  productId: 'prod_claude_code',
  title: 'Claude Code from First Prompt to Production',
  startsAt: '2026-12-15T18:00:00Z',
  endsAt: '2026-12-15T23:00:00Z',
  timeZone: 'America/Los_Angeles',
  price: { amount: 49900, currency: 'usd' },
}

export type ShopProps = { shopUrl: string; sessionId: string | null }

export const checkoutOf = (shopUrl: string) => `${shopUrl}/api/workshop/checkout`
export const offerOf = (shopUrl: string) => `${shopUrl}/api/workshop/${workshop.slug}/offer`

/** The shop is another server on another origin, known when this one starts. */
export const fromShop: GetServerSideProps<ShopProps> = async ({ query, res }) => {
  // So that a browser may keep the page for its Back button.
  res.setHeader('Cache-Control', 'private, max-age=0')
  const { session_id } = query
  return {
    props: {
      shopUrl: process.env.SHOP_URL ?? '',
      sessionId: typeof session_id === 'string' ? session_id : null,
    },
  }
}
