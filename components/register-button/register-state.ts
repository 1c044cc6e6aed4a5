import type { RegisterState } from './register-props'

/** By how the names end: submitting, redirecting, paying and falling-back. */
export const isBusy = ({ status }: RegisterState): boolean => /(ing|back)$/.test(status)

/** By how they begin: sold-out, closed and not-open. */
export const isSaleOver = ({ status }: RegisterState): boolean => /^(so|cl|no)/.test(status)
