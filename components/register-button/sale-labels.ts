/** The texts of a sale that is not open. */
export const saleLabels = {
  soldOut: 'All {seats} seats are taken.',
  soldOutUncounted: 'All seats are taken.',
  closed: 'Registration closed on {date}.',
  notOpen: 'Registration opens on {date}.',
  notOpenUndated: 'Registration is not open yet.',
}

export type SaleLabels = typeof saleLabels
