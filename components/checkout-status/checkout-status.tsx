'use client'

import type { ComponentProps, ReactNode } from 'react'
import type { CheckoutStatus as Checkout, Money, Workshop } from '@/lib/contract/types'
import { formatMoney } from '../money/format-money'
import { type StatusLabels, statusLabels } from './labels'
import { StatusView } from './status-view'
import { useCheckoutStatus } from './use-checkout-status'

export type CheckoutStatusProps = Omit<ComponentProps<'section'>, 'children'> & {
  /** Of the page's address; absent or wrong is a state of its own. */
  sessionId: string | undefined
  /**
   * What the server knew when it rendered the page: then a confirmed sale needs no JavaScript. `null` where it knows that
   * there is no such session.
   */
  initial?: Checkout | null | undefined
  /** What the page is about: named in the states in which nothing is known of the sale. */
  workshop?: Workshop | undefined
  /** Where the buyer can begin again. @default the workshop's page, `/workshop/{slug}` */
  workshopUrl?: string | undefined
  /** @default '/api/workshop/checkout' */
  endpoint?: string | undefined
  /** The level of the heading. @default 1 */
  headingLevel?: 1 | 2 | 3 | undefined
  /** BCP 47, for amounts and dates. @default 'en-US' for amounts, 'en-GB' for dates */
  locale?: string | undefined
  /** Writes every amount. @default Intl's currency format */
  formatPrice?: ((price: Money) => string) | undefined
  /** What happens next, shown once the sale is confirmed. */
  children?: ReactNode
  /** Texts of your own, as far as you want them. */
  labels?: Partial<StatusLabels> | undefined
  /** Called once, when the sale is known to be recorded. */
  onConfirmed?: ((checkout: Checkout) => void) | undefined
}

/**
 * The confirmation page: from "confirming your payment" to "you're in", with what was bought, when it takes place,
 * what was paid, and to which masked address the receipt went. Looks again with growing pauses, has Stripe asked when
 * its message is late, and stops. On its root, `data-state` says what it shows. A page that carries a session's id in
 * its address should send `Referrer-Policy: no-referrer`.
 */
export function CheckoutStatus(props: CheckoutStatusProps) {
  const {
    sessionId,
    initial,
    workshop,
    workshopUrl = workshop && `/workshop/${encodeURIComponent(workshop.slug)}`,
    endpoint,
    headingLevel = 1,
    locale,
    formatPrice = (price) => formatMoney(price, locale),
    children,
    labels,
    onConfirmed,
    ...rootProps
  } = props
  const { state, again } = useCheckoutStatus({ sessionId, initial, endpoint, onConfirmed })
  return (
    <StatusView
      state={state}
      workshop={workshop}
      workshopUrl={workshopUrl}
      headingLevel={headingLevel}
      locale={locale}
      formatPrice={formatPrice}
      labels={{ ...statusLabels, ...labels }}
      rootProps={rootProps}
      next={children}
      onAgain={again}
    />
  )
}
