import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import site from '@/app/site/site.module.css'
import { getCheckout, getWorkshopPage } from '@/lib/storefront'
import { Confirmation } from './confirmation'
import styles from './confirmation.module.css'

type Props = {
  params: Promise<{ slug: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export const metadata: Metadata = {
  title: 'Your registration',
  referrer: 'no-referrer',
  robots: { index: false },
}

export default async function ConfirmationPage({ params, searchParams }: Props) {
  const [{ slug }, { session_id, checkout_error }] = await Promise.all([params, searchParams])
  const sessionId = typeof session_id === 'string' && session_id ? session_id : undefined
  const [workshop, checkout] = await Promise.all([
    getWorkshopPage(slug),
    sessionId ? getCheckout(sessionId) : undefined,
  ])
  if (!workshop) notFound()
  const { title, startsAt, endsAt, timeZone, productId, howToJoin } = workshop
  // Where nothing is known of the session yet, or nobody could be asked, the next look may tell.
  const unfinished = sessionId && /^(open|processing)$/.test(checkout?.status ?? 'open')
  return (
    <main className={styles.page}>
      {checkout_error === 'already_purchased' && (
        <p className={styles.happened} role="status" data-slot="already-purchased">
          You have a seat already, so nothing was bought and nothing was charged just now. This is your
          registration.
        </p>
      )}
      <Confirmation
        sessionId={sessionId}
        initial={checkout}
        workshop={{ slug, productId, title, startsAt, endsAt, timeZone }}
        howToJoin={howToJoin}
      />
      {unfinished && (
        <noscript>
          <form className={styles.again}>
            <input type="hidden" name="session_id" value={sessionId} />
            <p>
              Without JavaScript this page does not look again by itself. Look again in a few seconds, or
              close it: once a payment is through, the e‑mail comes either way.
            </p>
            <button type="submit" className={site.button}>
              Look again
            </button>
          </form>
        </noscript>
      )}
    </main>
  )
}
