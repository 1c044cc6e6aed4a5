import { type SQL, sql } from 'drizzle-orm'

/** A protection that is taken away on the wire or in the database; the product itself is left as it is. */
export type Control = {
  name: string
  /** What must go wrong without it. */
  expected: RegExp
  /** Nothing else is broken: two of the same at once are enough. */
  calm: boolean
  rewrite: (statement: string) => string
  statements: SQL[]
}

const withoutLocks = (statement: string) => statement.replace(/\sfor update(\sskip locked)?\s*$/i, '')

export const controls: Control[] = [
  {
    name: "a sale without its row's lock and without unique keys",
    expected: /two purchases|has [2-9] purchases|paid sessions, \d+ purchases|no checkout names/,
    calm: true,
    rewrite: (statement) => (statement.startsWith('insert') ? statement : withoutLocks(statement)),
    statements: [
      sql`alter table egghead_MerchantCharge drop index MerchantCharge_identifier_key`,
      sql`alter table checkout_Session drop index checkout_session_session_key`,
    ],
  },
  {
    name: 'a sale without its transaction, while servers are killed',
    expected:
      /the family is|paid sessions, \d+ purchases|purchases that no checkout names|and has 0 purchases|nobody bought/,
    calm: false,
    rewrite: (statement) => (/^(begin|commit|rollback)$/i.test(statement) ? 'do 0' : statement),
    statements: [],
  },
]
