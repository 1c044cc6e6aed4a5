/** Every text of the confirmation in its own words: a heading for each state, and its `…Text`. `{email}` and the like are filled in. */
export const statusLabels = {
  verifying: 'Confirming your payment…',
  verifyingText: 'This takes a few seconds. You can stay on this page.',
  slow: 'Still confirming your payment…',
  slowText: 'Stripe has not told us yet that the payment is through. We are asking.',
  late: 'This is taking longer than usual',
  lateText:
    "We're waiting for Stripe to confirm your payment. You can close this page: the confirmation comes by e\u2011mail.",
  checkAgain: 'Check again',
  confirmed: "You're in.",
  confirmedText: 'A receipt is on its way to {email}.',
  yourTime: '{moment} your time ({offset})',
  workshopTime: '{moment} in {place} ({offset})',
  /** Under the visitor's own time where the workshop's is no other. */
  sameTime: 'The same time as in {place}',
  paid: 'Paid',
  nothingPaid: 'Nothing: it was free',
  refundedAmount: 'Refunded',
  seats: 'Seats',
  when: 'When',
  addToCalendar: 'Add to calendar',
  calendarFile: 'Calendar file (.ics)',
  google: 'Google Calendar',
  outlook: 'Outlook',
  receipt: 'See the receipt',
  processing: 'Your bank is still working on the payment',
  processingText:
    "Your seat is held; we'll e\u2011mail you when it is through. If it is refused, nothing is charged. You can close this page.",
  refunding: 'The workshop was full',
  refundingText:
    'Your payment came after the last seat was taken. All of it goes back to the card or account it came from.',
  failed: "The payment didn't go through",
  failedText: 'Nothing was charged. Try again, or use another card.',
  tryAgain: 'Try again',
  expired: 'This checkout has ended',
  expiredText:
    'It was not paid in time, and nothing was charged. Your seat is free again: start once more to take it.',
  refunded: 'This registration was refunded',
  refundedText:
    '{amount} went back to the card or account it came from. It can take five to ten days to show.',
  backToWorkshop: 'Back to the workshop',
  'not-found': "We can't find this registration",
  'not-foundText':
    'The address of this page may be incomplete. If you have paid, nothing is lost: the confirmation comes by e\u2011mail.',
  offline: "You're offline",
  offlineText: 'Your payment is not affected. We look again as soon as you are connected.',
  'no-session': 'This page belongs to a registration',
  'no-sessionText': 'Open it from the e\u2011mail that confirms yours, or begin at the workshop.',
}

export type StatusLabels = typeof statusLabels
