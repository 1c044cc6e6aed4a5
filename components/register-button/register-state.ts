import type { RegisterState } from './register-props'

export const isBusy = ({ status }: RegisterState): boolean =>
  status === 'submitting' || status === 'redirecting' || status === 'falling-back' || status === 'paying'

export const isSaleOver = ({ status }: RegisterState): boolean =>
  status === 'sold-out' || status === 'closed' || status === 'not-open'
