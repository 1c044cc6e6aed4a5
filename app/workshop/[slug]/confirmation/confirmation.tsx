'use client'

import { useState } from 'react'
import { CheckoutStatus, type CheckoutStatusProps } from '@/components/checkout-status/checkout-status'

type Props = Pick<CheckoutStatusProps, 'sessionId' | 'initial' | 'workshop'> & { howToJoin: string }

/** How many seats were bought may be known only once the sale is recorded, with the page long open. */
export function Confirmation({ howToJoin, ...props }: Props) {
  const [seats, setSeats] = useState(props.initial?.purchase?.quantity ?? 1)
  return (
    <CheckoutStatus {...props} onConfirmed={({ purchase }) => setSeats(purchase?.quantity ?? 1)}>
      <h2>What happens next</h2>
      {seats > 1 && (
        <p>
          {`All ${seats}\u00a0seats are yours. `}The e‑mail that confirms them says how to give them to the
          people who take part.
        </p>
      )}
      <p>{howToJoin}</p>
    </CheckoutStatus>
  )
}
