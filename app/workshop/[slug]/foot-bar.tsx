'use client'

import { formatMoney } from '@/components/money/format-money'
import { useSelection } from '@/components/selection/selection'
import type { Offer, Workshop } from '@/lib/contract/types'
import styles from './workshop.module.css'

/** On a phone, the way to the panel is at the foot of the page until the panel itself is there. */
export function FootBar({ workshop, offer: initial }: { workshop: Workshop; offer: Offer | null }) {
  const offer = useSelection(workshop.slug).offer ?? initial
  if (offer && offer.sale !== 'open') return null
  const total = offer?.total ?? workshop.price
  const price = total && (total.amount === 0 ? 'free' : formatMoney(total))
  return (
    <p className={styles.foot} data-slot="foot-bar">
      <a href="#register">{price ? `Register · ${price}` : 'Register'}</a>
    </p>
  )
}
