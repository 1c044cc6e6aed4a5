/** The texts around the address of somebody who is signed in. */
export const emailLabels = {
  registeringAs: 'Registering as',
  changeEmail: 'Change',
  email: 'E-mail address',
}

export type EmailLabels = typeof emailLabels
