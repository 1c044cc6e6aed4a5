'use client'

import type { Money } from '@/lib/contract/types'
import { formatMoney } from '../money/format-money'
import { registerLabels } from './labels'
import type { RegisterButtonProps } from './register-props'
import { RegisterView } from './register-view'
import { useRegister } from './use-register'

export type { RegisterButtonProps } from './register-props'

/**
 * The one button of a workshop page: starts a checkout and takes the buyer to Stripe. Loading, errors, the fallback
 * to the payment link and the prefilled e-mail are its business. It is a real form, so it works before hydration and
 * without JavaScript. On its root, `data-state` says what it is doing and `data-error-code` what went wrong.
 */
export function RegisterButton(props: RegisterButtonProps) {
  const { workshop, locale, children, formatPrice = (total: Money) => formatMoney(total, locale) } = props
  const labels = { ...registerLabels, ...props.labels }
  const registration = useRegister({ ...props, formatPrice }, labels)
  const { state, offer, quantity } = registration

  const total =
    offer?.total ?? (workshop.price && { ...workshop.price, amount: workshop.price.amount * quantity })
  const free = total?.amount === 0
  const price = free ? labels.free : total && formatPrice(total)
  const label = price ? labels.register.replaceAll('{price}', () => price) : labels.registerUnpriced
  return (
    <RegisterView
      {...props}
      {...registration}
      label={label}
      // A host's own words for what comes next count for what is free too.
      labels={free ? { ...labels, note: labels.freeNote, ...props.labels } : labels}
    >
      {typeof children === 'function' ? children({ price, label, state }) : children}
    </RegisterView>
  )
}
