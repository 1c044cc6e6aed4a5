import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { CheckoutStatus } from '@/components/checkout-status/checkout-status'
import { declaredWorkshop, getCheckout } from '@/lib/storefront'

type Props = {
  params: Promise<{ slug: string }>
  searchParams: Promise<{ session_id?: string | string[] }>
}

/** Its address carries the session, which no other site may learn. */
export const metadata: Metadata = {
  title: 'Your registration',
  referrer: 'no-referrer',
  robots: { index: false },
}

/** Where Stripe sends a buyer after paying. */
export default function ConfirmationPage(props: Props) {
  return (
    <main>
      <Suspense>
        <Confirmation {...props} />
      </Suspense>
    </main>
  )
}

async function Confirmation({ params, searchParams }: Props) {
  const [{ slug }, { session_id }] = await Promise.all([params, searchParams])
  const workshop = declaredWorkshop(slug)
  if (!workshop) notFound()
  const sessionId = typeof session_id === 'string' && session_id ? session_id : undefined
  const checkout = sessionId ? await getCheckout(sessionId) : undefined
  return <CheckoutStatus sessionId={sessionId} initial={checkout} workshop={workshop} />
}
