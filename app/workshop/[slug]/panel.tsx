'use client'

import Link from 'next/link'
import { OfferPrice } from '@/components/offer-price/offer-price'
import { RegisterButton } from '@/components/register-button/register-button'
import { useSelection } from '@/components/selection/selection'
import type { Offer, Viewer, Workshop } from '@/lib/contract/types'
import styles from './workshop.module.css'

type Props = {
  workshop: Workshop
  offer: Offer | null
  viewer: Viewer | null
  /** The code of the page's address. */
  asked: string | undefined
  publishableKey: string | undefined
  signInUrl: string | undefined
}

/**
 * The price, then the button; where nobody can register, that first. The price stays in either order, since it is what
 * looks again whether a seat has come free.
 */
export function Panel({ workshop, offer, viewer, asked, publishableKey, signInUrl }: Props) {
  const sale = (useSelection(workshop.slug).offer ?? offer)?.sale ?? 'open'
  const price = (
    <OfferPrice
      key="price"
      workshop={workshop}
      offer={offer}
      couponCode={asked}
      showSeats="always"
      signInUrl={viewer ? undefined : signInUrl}
    />
  )
  const button = (
    <RegisterButton
      key="button"
      workshop={workshop}
      offer={offer}
      viewer={viewer}
      // A code that does not work is explained beside the price, and not sent along.
      couponCode={offer?.problem ? undefined : asked}
      publishableKey={publishableKey}
      signInUrl={signInUrl}
      instead={
        <Link href="/" className={styles.instead}>
          See the other workshops
        </Link>
      }
    />
  )
  return (
    // The bar at the foot leads here, and so does the focus.
    <aside id="register" className={styles.panel} aria-label="Register" tabIndex={-1}>
      {sale === 'open' ? [price, button] : [button, price]}
    </aside>
  )
}
