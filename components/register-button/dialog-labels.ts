/** The texts of the button's dialogs, and of the same ways out once they are closed. */
export const dialogLabels = {
  withoutCode: 'Register without the code',
  seeRegistration: 'See your registration',
  buyAnother: 'Buy another seat',
  dialogInvalidCode: "This code doesn't work here",
  dialogNotEligible: 'This price is not open to you',
  dialogRegistered: 'You are registered already',
  dialogSignIn: 'Sign in',
  dialogClose: 'Close',
  anotherCode: 'Another code',
  useCode: 'Register with this code',
}

export type DialogLabels = typeof dialogLabels
