import type { RegisterState } from './register-props'

export const isBusy = ({ status }: RegisterState): boolean =>
  /^(submitting|redirecting|falling-back|paying)$/.test(status)

export const isSaleOver = ({ status }: RegisterState): boolean => /^(sold-out|closed|not-open)$/.test(status)
