import type { SQL } from 'drizzle-orm'
import { statementsIn } from '../../sandbox/mysql/statements'
import { dropUniqueKeys, withoutLocks, withoutTransaction } from '../../sandbox/testing/unprotected'

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

let batches = 0

/** Every fifth round trip with several statements fails before its end, as where the server goes away; with a transaction that leaves nothing. */
function breakingOff(text: string): string {
  const statements = statementsIn(text)
  if (statements.length < 3 || ++batches % 5 !== 0) return text
  const made = statements.slice(0, 1 + (batches % (statements.length - 1)))
  return [...made, "signal sqlstate '45000' set message_text = 'broken off'"].join('; ')
}

export const controls: Control[] = [
  {
    name: "a sale without its row's lock and without unique keys",
    expected: /two purchases|has [2-9] purchases|paid sessions, \d+ purchases|no checkout names/,
    calm: true,
    rewrite: (statement) => (statement.startsWith('insert') ? statement : withoutLocks(statement)),
    statements: dropUniqueKeys,
  },
  {
    name: 'a sale without its transaction, while servers are killed and the database breaks off',
    expected:
      /the family is|paid sessions, \d+ purchases|purchases that no checkout names|and has 0 purchases|nobody bought/,
    calm: false,
    rewrite: (statement) => withoutTransaction(breakingOff(statement)),
    statements: [],
  },
]
