import type { ComponentProps, ComponentType, ReactNode, Ref, RefObject } from 'react'
import type { CheckoutRequest, ErrorCode, Money, Offer, Viewer, Workshop } from '@/lib/contract/types'
import type { RegisterLabels } from './labels'

/** `offline` and `interrupted` (the device slept, or the request was cut) are the browser's own. */
export type RegisterErrorCode = ErrorCode | 'offline' | 'interrupted'

/** What opens over the page. Its code comes with the state that wants it, so that no page pays for it in advance. */
export type RegisterDialog = ComponentType<RegisterViewProps>

/** What the button is doing. Its `status` is the `data-state` on the form. */
export type RegisterState =
  | { status: 'idle' }
  /** `retryIn`: whole seconds until it tries once more, after a 429. `message`: why it takes longer. */
  | { status: 'submitting'; retryIn?: number; message?: ReactNode }
  | { status: 'redirecting' }
  /**
   * `message`: why the page leaves for the payment link, and what it asks for where that is not the price shown here.
   * `onGo` does not wait any longer.
   */
  | { status: 'falling-back'; url: string; message: string; onGo: () => void }
  /** Stripe's page is open in a dialog. */
  | { status: 'paying'; clientSecret: string; dialog: RegisterDialog }
  | Refusal
  /** As the offer says. */
  | { status: SaleOver; message: undefined }

type SaleOver = 'sold-out' | 'closed' | 'not-open'

/** Nothing was started; `message` is for the buyer. */
export type Refusal = {
  status: 'error' | 'already-registered' | SaleOver
  code: RegisterErrorCode
  message: string
  /** The code that was asked for. */
  couponCode?: string | undefined
  /** Asks where only the buyer can decide how to go on. */
  dialog?: RegisterDialog | undefined
  /** Of the seat that is there already. */
  confirmationUrl?: string | undefined
}

/** What a visitor may change about a registration while deciding. */
export type RegisterChange = {
  /** `null`: without a code. */
  couponCode?: string | null
  allowDuplicate?: boolean
  uiMode?: 'hosted' | 'embedded'
}

/** A callback that throws is reported as an uncaught error is, and the registration goes on. */
export type RegisterOptions = {
  /** What is sold. `capacity`, where given, is named when all seats are taken. */
  workshop: Workshop & { capacity?: number }
  /** Who is signed in, verified by the host. Their e-mail is prefilled; they can change it. */
  viewer?: Viewer | null | undefined
  /** What this visitor would pay, rendered on the server. An `<OfferPrice>` on the same page keeps it fresh. */
  offer?: Offer | null | undefined
  /** The code to begin with, e.g. from the page's address. What the visitor then chooses in `<OfferPrice>` wins. */
  couponCode?: string | undefined
  /** Seats, 1 to 100. @default 1 */
  quantity?: number | undefined
  /** Where a checkout is asked for. @default '/api/workshop/checkout' */
  endpoint?: string | undefined
  /** `redirect` goes to Stripe's page; `embedded` opens it in a dialog and needs `publishableKey`. @default 'redirect' */
  ui?: 'redirect' | 'embedded' | undefined
  /** Stripe's publishable key (`pk_…`), only for `ui="embedded"`. */
  publishableKey?: string | undefined
  /** Called once per registration, before anything is sent. */
  onStart?: ((request: CheckoutRequest) => void) | undefined
  /** Called before the page leaves for Stripe. Return `false` to navigate yourself. */
  onRedirect?: ((url: string) => unknown) | undefined
  /** Called before the page leaves for the payment link. Return `false` to navigate yourself. */
  onFallback?: ((url: string) => unknown) | undefined
  /** Called with the code and the sentence that the buyer reads. */
  onError?: ((code: RegisterErrorCode, message: string) => void) | undefined
}

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
    /** Class of the form around the button; `className` is the button's. What stands `instead` is below the form. */
    formClassName?: string | undefined
    /** The button element. */
    ref?: Ref<HTMLButtonElement> | undefined
  }

/** One given state of the button, and what can be done in it. */
export type RegisterViewProps = Omit<RegisterButtonProps, 'children' | 'labels' | 'offer' | 'quantity'> & {
  state: RegisterState
  offer: Offer | undefined
  quantity: number
  labels: RegisterLabels
  label: string
  form: RefObject<HTMLFormElement | null>
  children: ReactNode
  onRegister: (change?: RegisterChange) => void
  onReset: () => void
  onIntent: () => void
}
