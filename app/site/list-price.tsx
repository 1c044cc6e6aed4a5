import { formatMoney } from '@/components/money/format-money'
import { formatMoment, placeOf } from '@/components/time/format-time'
import type { Offer, Workshop } from '@/lib/contract/types'
import styles from './list.module.css'

type Props = { workshop: Pick<Workshop, 'timeZone'>; offer: Omit<Offer, 'checkout'> }

/** What a place costs anybody now, and whether one can be had. The workshop's own page knows each visitor's price. */
export function ListPrice({ workshop, offer }: Props) {
  const { sale, base, total, discount } = offer
  const ended = sale === 'sold-out' || sale === 'closed'
  return (
    <div className={styles.sale} data-slot="list-sale" data-sale={sale}>
      {!ended && (
        <p className={styles.price}>
          {discount.amount > 0 && (
            <>
              <span className={styles.unseen}>Regular price: </span>
              <s>{formatMoney(base)}</s> <span className={styles.unseen}>Price now: </span>
            </>
          )}
          <strong>{total.amount === 0 ? 'Free' : formatMoney(total)}</strong>
        </p>
      )}
      <p>{wordsFor(offer, workshop.timeZone)}</p>
    </div>
  )
}

const fewSeats = 5

function wordsFor({ sale, saleChangesAt, seatsLeft, discount, reason }: Props['offer'], timeZone: string) {
  if (sale === 'sold-out') return 'All seats are taken'
  if (sale === 'closed') return 'Registration is closed'
  if (sale === 'not-open')
    return saleChangesAt
      ? `Registration opens on ${formatMoment(saleChangesAt, { timeZone })} in ${placeOf(timeZone)}`
      : 'Registration is not open yet'
  if (seatsLeft !== undefined && seatsLeft <= fewSeats)
    return seatsLeft === 1 ? '1\u00a0seat left' : `${seatsLeft}\u00a0seats left`
  return discount.amount > 0 ? reason : 'Registration is open'
}
