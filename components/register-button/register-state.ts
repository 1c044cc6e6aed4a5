import type { ErrorCode, Money } from '@/lib/contract/types'

/** `offline` and `interrupted` (the device slept, or the request was cut) are the browser's own. */
export type RegisterErrorCode = ErrorCode | 'offline' | 'interrupted' | 'email_invalid'

/** What the button is doing. Its `status` is the `data-state` on the form. */
export type RegisterState =
  | { status: 'idle' }
  /** `retryIn`: whole seconds until it tries once more, after a 429. */
  | { status: 'submitting'; slow: boolean; retryIn?: number }
  | { status: 'redirecting' }
  /** `price`: what Stripe's page will ask for where that is not the price shown here; `null` where nobody knows. */
  | { status: 'falling-back'; url: string; price?: Money | null | undefined }
  /** Stripe's page is open in a dialog. */
  | { status: 'paying'; clientSecret: string }
  | { status: 'already-registered'; message: string; confirmationUrl?: string | undefined }
  | { status: 'error'; code: RegisterErrorCode; message: string; couponCode?: string | undefined }
  | { status: 'sold-out' | 'closed' | 'not-open' }

/** What a visitor may change about a registration while deciding. */
export type RegisterChange = {
  /** `null`: without a code. */
  couponCode?: string | null
  allowDuplicate?: boolean
  uiMode?: 'hosted' | 'embedded'
}

export const isBusy = ({ status }: RegisterState): boolean =>
  status === 'submitting' || status === 'redirecting' || status === 'falling-back' || status === 'paying'
