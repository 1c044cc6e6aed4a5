import { userInfo } from 'node:os'
import { Command } from 'commander'
import type { Database } from '@/db/client'
import { env } from '@/lib/env'
import { guardState, shareOf } from '@/lib/rollout/guard'
import { internalEntrySchema, parseRollout, type RolloutSetting } from '@/lib/rollout/setting'
import { readRollout, readVerdict, writeRollout } from '@/lib/rollout/store'
import { mayWrite, type WriteOptions } from '../ask'
import { withOps } from '../deps'
import { say } from '../say'
import { UsageError, writes } from '../usage'

type Options = WriteOptions & { by?: string }

/** `ops rollout`: who gets our checkout, changed without a deploy. */
export const rolloutCommand = (): Command =>
  writes(new Command('rollout'))
    .description('who gets checkout and who the payment link; in force on every server within seconds')
    .argument('[setting]', 'show, off, internal, a percentage such as 25%, or on', 'show')
    .argument('[verb]', 'after internal: add or remove')
    .argument('[who]', 'an address (ada@example.com) or everybody of a domain (@example.com)')
    .option('--by <name>', 'who changes it; without it the name that you are logged in with')
    .option('--json', 'one JSON object')
    .action(async (setting: string, verb: string | undefined, who: string | undefined, options: Options) => {
      const next = setting === 'show' && verb === undefined ? undefined : changeOf(setting, verb, who)
      await withOps(({ db }) => (next ? change(db, next, options) : show(db, options)))
    })

type Change = (before: RolloutSetting) => RolloutSetting

/** What the words ask for. @throws UsageError */
function changeOf(setting: string, verb: string | undefined, who: string | undefined): Change {
  if (verb !== undefined) {
    if (setting !== 'internal' || (verb !== 'add' && verb !== 'remove') || !who)
      throw new UsageError('Say for example: rollout internal add ada@example.com')
    return changeInternal(verb, who)
  }
  try {
    parseRollout(setting)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'no rollout')
  }
  return (before) => ({ ...before, rollout: setting })
}

function changeInternal(verb: 'add' | 'remove', who: string): Change {
  const entry = internalEntrySchema.safeParse(who)
  if (!entry.success) throw new UsageError(`${who} ${entry.error.issues[0]?.message}`)
  return ({ internal, ...before }) => {
    const others = internal.filter((known) => known !== entry.data)
    if (verb === 'remove' && others.length === internal.length)
      throw new UsageError(`${entry.data} is not internal: ${people(internal)}`)
    return { ...before, internal: verb === 'add' ? [...others, entry.data].sort() : others }
  }
}

const unstored = (): RolloutSetting => ({ rollout: env().CHECKOUT_ROLLOUT, internal: [] })

async function change(db: Database, next: Change, options: Options): Promise<void> {
  const current = async () => (await readRollout(db)) ?? unstored()
  const changed = (from: RolloutSetting) => ({
    ...next(from),
    changedBy: options.by ?? whoami(),
    changedAt: new Date().toISOString(),
  })
  const before = await current()
  const planned = changed(before)
  if (!options.json) {
    say(`rollout: ${before.rollout}${before.rollout === planned.rollout ? '' : ` → ${planned.rollout}`}`)
    say(`internal: ${people(planned.internal)}`)
  }
  const written = await mayWrite('Shall every server follow this?', options)
  // Somebody else may have written while we waited for an answer.
  const after = written ? changed(await current()) : planned
  if (written) await writeRollout(db, after)
  if (options.json) return say(JSON.stringify({ before, after, written }))
  say(written ? `Written by ${after.changedBy}. Every server follows within seconds.` : '--yes writes this.')
}

async function show(db: Database, { json }: Options): Promise<void> {
  const stored = await readRollout(db)
  const verdict = await readVerdict(db)
  const setting = stored ?? unstored()
  const since = verdict.since > 0 ? new Date(verdict.since).toISOString() : undefined
  const guard = { state: guardState(verdict), share: shareOf(verdict), ...(since && { since }) }
  if (json) return say(JSON.stringify({ ...setting, stored: stored !== null, guard }))
  say(
    stored
      ? `rollout: ${setting.rollout}, since ${setting.changedAt ?? 'an unknown time'} by ${setting.changedBy ?? 'nobody knows whom'}`
      : `rollout: ${setting.rollout}, from CHECKOUT_ROLLOUT: nobody has stored one`,
  )
  say(`internal: ${people(setting.internal)}`)
  say(
    `guard: ${guard.state}${since ? ` since ${since}` : ''}, ${guard.share} % of the visitors are left to checkout`,
  )
}

const people = (internal: string[]) => (internal.length > 0 ? internal.join(', ') : 'nobody')

function whoami(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}
