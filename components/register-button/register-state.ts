import type { RegisterState } from './register-props'

/** Whether something is under way: `submitting`, `redirecting`, `falling-back`, `paying`. */
export const isBusy = ({ status }: RegisterState): boolean => status.includes('ing')

export const isSaleOver = ({ status }: RegisterState): boolean => /^(sold-out|closed|not-open)/.test(status)
