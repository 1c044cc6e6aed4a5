'use client'

import { formatMoney } from '@/components/money/format-money'
import { useSelection } from '@/components/selection/selection'
import { formatDate } from '@/components/time/format-time'
import { useVisitorZone } from '@/components/time/use-browser'
import type { Offer, Workshop } from '@/lib/contract/types'
import styles from './workshop.module.css'

type Props = { workshop: Workshop; offer: Offer | null }

/**
 * On a phone, the way to the panel is at the foot of the page until the panel itself is there. It is named otherwise
 * than the button: it does not register anybody.
 */
export function FootBar({ workshop, offer: initial }: Props) {
  const offer = useSelection(workshop.slug).offer ?? initial
  const timeZone = useVisitorZone() ?? workshop.timeZone
  const ended = offer && offer.sale !== 'open' ? offer.sale : undefined
  return (
    <p className={styles.foot} data-slot="foot-bar">
      <a href="#register" data-sale={ended}>
        {offer && ended ? saleWords(offer, timeZone) : priceWords(offer?.total ?? workshop.price)}
      </a>
    </p>
  )
}

function priceWords(total: Workshop['price']) {
  const price = total && (total.amount === 0 ? 'free' : formatMoney(total))
  return price ? `Go to registration · ${price}` : 'Go to registration'
}

/** Why nobody can register now. */
function saleWords({ sale, saleChangesAt }: Offer, timeZone: string) {
  if (sale === 'sold-out') return 'All seats are taken'
  if (sale === 'closed') return 'Registration is closed'
  return saleChangesAt
    ? `Opens on ${formatDate(saleChangesAt, { timeZone }).replaceAll(' ', '\u00a0')}`
    : 'Registration is not open yet'
}
