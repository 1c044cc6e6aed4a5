import { Command } from 'commander'
import { mayWrite, type WriteOptions } from '../ask'
import { withOps } from '../deps'
import { findPerson } from '../person/find'
import { forget, otherTables } from '../person/forget'
import { move } from '../person/move'
import { counted, say } from '../say'
import { address, UsageError, writes } from '../usage'

/** `ops forget`: a person asked to be forgotten. */
export const forgetCommand = (): Command =>
  writes(new Command('forget').description('takes a person out of their sales; amounts, dates and ids stay'))
    .requiredOption('--email <address>', 'whom', address)
    .option('--json', 'one JSON object at the end')
    .action((options: WriteOptions & { email: string }) =>
      withOps(async (deps) => {
        const { email, json } = options
        const person = await findPerson(deps, email)
        const { owner, customers, purchases, checkouts } = person
        if (!owner && checkouts.length === 0) throw new UsageError(`Nobody here has the address ${email}`)
        const others = owner ? await otherTables(deps, owner.id) : []
        if (!json) {
          say(
            `${counted(purchases, 'purchase')} and ${counted(checkouts.length, 'checkout')} of ${owner?.id ?? 'nobody with an account'}`,
          )
          for (const { identifier } of customers)
            say(`  at Stripe: customer ${identifier}; redact it there, Stripe keeps what the law asks for`)
          for (const { table, rows } of others)
            say(`  not touched: ${counted(rows, 'row')} of Course Builder's ${table}`)
        }
        const write = await mayWrite(`Forget ${email} for good?`, options)
        if (write) await forget(deps, email, person)
        const counts = { purchases, checkouts: checkouts.length, written: write }
        say(
          json
            ? JSON.stringify({ ...counts, customers: customers.map(({ identifier }) => identifier), others })
            : write
              ? 'Forgotten.'
              : 'Nothing is written. --yes forgets them.',
        )
      }),
    )

/** `ops move`: a buyer's address changed. */
export const moveCommand = (): Command =>
  writes(new Command('move').description("a buyer's address changed: what they bought follows them"))
    .requiredOption('--from <address>', 'the old one', address)
    .requiredOption('--to <address>', 'the new one', address)
    .option('--json', 'one JSON object at the end')
    .action((options: WriteOptions & { from: string; to: string }) =>
      withOps(async (deps) => {
        const { from, to, json } = options
        if (from === to) throw new UsageError('--from and --to are the same address')
        const { owner, purchases } = await findPerson(deps, from)
        if (!owner) throw new UsageError(`Nobody here has the address ${from}`)
        const target = (await findPerson(deps, to)).owner
        const how = target
          ? `to ${target.id}, who has that address`
          : 'with their user, who takes that address'
        if (!(await mayWrite(`Move ${counted(purchases, 'purchase')} from ${from} to ${to}?`, options)))
          return say(
            json
              ? JSON.stringify({ purchases, merges: target !== undefined, written: false })
              : `${counted(purchases, 'purchase')} would move ${how}. Nothing is written. --yes moves them.`,
          )
        const moved = await move(deps, from, to)
        say(
          json
            ? JSON.stringify({ ...moved, written: true })
            : `${counted(moved.purchases, 'purchase')} moved ${how}.${moved.leftUserId ? ` The user ${moved.leftUserId} stays, without purchases.` : ''} Stripe's own customer keeps the old address until it is changed there.`,
        )
      }),
    )
