'use client'

import { type ComponentProps, type ReactNode, type Ref, useRef } from 'react'
import type { Money, Workshop } from '@/lib/contract/types'
import { formatMoney } from '../money/format-money'
import { fill } from '../tokens/fill'
import { type RegisterLabels, registerLabels } from './labels'
import type { RegisterState } from './register-state'
import { RegisterView } from './register-view'
import { type RegisterOptions, useRegister } from './use-register'

/** What a label of your own is made from. */
export type RegisterLabelParts = {
  /** Formatted, e.g. "$424"; absent where no price is known. */
  price: string | undefined
  /** The label in the button's own words, e.g. "Register · $424". */
  label: string
  state: RegisterState
}

type ButtonProps = Omit<
  ComponentProps<'button'>,
  'children' | 'disabled' | 'type' | 'form' | 'name' | 'value' | 'ref' | 'onError'
>

export type RegisterButtonProps = RegisterOptions &
  ButtonProps & {
    /** What is sold. `capacity`, where given, is named when all seats are taken. */
    workshop: Workshop & { capacity?: number }
    /** Who is signed in, verified by the host. Their e-mail is prefilled; they can change it. */
    viewer?: RegisterOptions['viewer']
    /** What this visitor would pay, rendered on the server. An `<OfferPrice>` on the same page keeps it fresh. */
    offer?: RegisterOptions['offer']
    /** The code to begin with, e.g. from the page's address. What the visitor then chooses in `<OfferPrice>` wins. */
    couponCode?: string | undefined
    /** Seats, 1 to 100. @default 1 */
    quantity?: number | undefined
    /** @default '/api/workshop/checkout' */
    endpoint?: string | undefined
    /** `redirect` goes to Stripe's page; `embedded` opens it in a dialog and needs `publishableKey`. @default 'redirect' */
    ui?: 'redirect' | 'embedded' | undefined
    /** Stripe's publishable key (`pk_…`), only for `ui="embedded"`. */
    publishableKey?: string | undefined
    /** Where visitors who are not signed in can do so; shows a hint under the button. */
    signInUrl?: string | undefined
    /** BCP 47, for prices and dates. @default 'en-US' for prices, 'en-GB' for dates */
    locale?: string | undefined
    /** Use the one child as the button instead of a `<button>` of ours. @default false */
    asChild?: boolean | undefined
    /** The label, or what makes it. @default "Register · $424" */
    children?: ReactNode | ((parts: RegisterLabelParts) => ReactNode)
    /** Writes the price in the label. @default Intl's currency format */
    formatPrice?: ((total: Money) => string) | undefined
    /** What stands below "sold out", "closed" and "not open yet", e.g. a link to the other workshops. */
    instead?: ReactNode
    /** Texts of your own, as far as you want them; `{price}`, `{code}`, `{date}`, `{seats}`, `{seconds}` are filled in. */
    labels?: Partial<RegisterLabels> | undefined
    /** Class of the form around the button; `className` is the button's. */
    formClassName?: string | undefined
    /** The button element. */
    ref?: Ref<HTMLButtonElement> | undefined
  }

/**
 * The one button of a workshop page: starts a checkout and takes the buyer to Stripe. Loading, errors, the fallback
 * to the payment link and the prefilled e-mail are its business. It is a real form, so it works before hydration and
 * without JavaScript. On its root, `data-state` says what it is doing and `data-error-code` what went wrong.
 */
export function RegisterButton(props: RegisterButtonProps) {
  const { workshop, quantity = 1, locale, children } = props
  const { formatPrice = (total: Money) => formatMoney(total, locale) } = props
  const labels = { ...registerLabels, ...props.labels }
  const form = useRef<HTMLFormElement>(null)
  const registration = useRegister(form, props, labels)
  const { state, offer } = registration

  const total =
    offer?.total ?? (workshop.price && { ...workshop.price, amount: workshop.price.amount * quantity })
  const price = total && (total.amount === 0 ? labels.free : formatPrice(total))
  const label = fill(price ? labels.register : labels.registerUnpriced, { price })
  return (
    <RegisterView {...props} {...registration} labels={labels} label={label} form={form}>
      {typeof children === 'function' ? children({ price, label, state }) : children}
    </RegisterView>
  )
}
