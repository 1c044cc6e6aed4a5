import { type SQL, sql } from 'drizzle-orm'
import { statementsIn } from '../mysql/statements'

/** A sale's protections, taken away one kind at a time: a proof that would not notice proves nothing. */

/** On the wire: nobody waits for anybody's row. */
export const withoutLocks = (statement: string): string =>
  statement.replace(/\sfor update(\sskip locked)?\s*$/i, '')

/** On the wire: each statement counts by itself. */
export const withoutTransaction = (text: string): string =>
  /(^|; )(begin|commit|rollback)(; |$)/i.test(text)
    ? statementsIn(text)
        .map((statement) => (/^(begin|commit|rollback)$/i.test(statement) ? 'do 0' : statement))
        .join('; ')
    : text

/** In the database: every key at which a second recording of one sale would be refused. */
export const dropUniqueKeys: SQL[] = [
  sql`alter table egghead_MerchantCharge drop index MerchantCharge_identifier_key`,
  sql`alter table egghead_MerchantCustomer drop index MerchantCustomer_identifier_key`,
  sql`alter table egghead_User drop index egghead_User_email_unique`,
  sql`alter table checkout_Session drop index checkout_session_session_key`,
  sql`alter table checkout_Outbox drop primary key`,
]
