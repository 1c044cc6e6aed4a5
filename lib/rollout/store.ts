import 'server-only'
import { and, eq, gte, inArray, lt, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { fromJson } from '@/db/json'
import { attemptCount, exposure, setting } from '@/db/schema'
import { countsOf } from './counts'
import { advance, CLOSED, type Counted, type Verdict, verdictSchema } from './guard'
import {
  CountsTaken,
  type Exchange,
  type Exposure,
  type Report,
  type SecondCount,
  type Shared,
} from './report'
import { type RolloutSetting, rolloutSettingSchema } from './setting'
import { underProducts } from './under-products'

const ROLLOUT = 'rollout'
const GUARD = 'rollout.guard'
const BATCH = 500
const KEPT_SECONDS = 600

async function readSettings(db: Database): Promise<Shared & { version: number; stored: boolean }> {
  const rows = await db
    .select({ key: setting.key, value: setting.value })
    .from(setting)
    .where(inArray(setting.key, [ROLLOUT, GUARD]))
  const values = new Map(rows.map(({ key, value }) => [key, fromJson(value)]))
  const written = values.get(GUARD)
  const guard = verdictSchema.safeParse(written)
  return {
    setting: rolloutSettingSchema.nullable().parse(values.get(ROLLOUT) ?? null),
    verdict: guard.success ? guard.data : CLOSED,
    version: versionOf(written),
    stored: written !== undefined,
  }
}

const versionOf = (value: unknown): number =>
  value !== null && typeof value === 'object' && 'version' in value ? Number(value.version) : 0

/** The stored setting, or null before anyone stored one. @throws where what is stored is no setting */
export const readRollout = async (db: Database): Promise<RolloutSetting | null> =>
  (await readSettings(db)).setting

export async function writeRollout(db: Database, value: RolloutSetting): Promise<void> {
  await db
    .insert(setting)
    .values({ key: ROLLOUT, value })
    .onDuplicateKeyUpdate({ set: { value, updatedAt: sql`CURRENT_TIMESTAMP(3)` } })
}

/** The guard as it stands. */
export const readVerdict = async (db: Database): Promise<Verdict> => (await readSettings(db)).verdict

/** One row per visitor and product: the first time counts, and what was assigned then. What names no product of ours is dropped. */
export async function writeExposures(db: Database, noted: Exposure[]): Promise<void> {
  const exposures = await underProducts(db, noted)
  for (let from = 0; from < exposures.length; from += BATCH) {
    await db
      .insert(exposure)
      .values(
        exposures.slice(from, from + BATCH).map(({ shownAt, startedAt, ...row }) => ({
          ...row,
          shownAt: new Date(shownAt),
          startedAt: startedAt ? new Date(startedAt) : null,
        })),
      )
      .onDuplicateKeyUpdate({
        set: {
          startedAt: sql`coalesce(startedAt, values(startedAt))`,
          guarded: sql`guarded or values(guarded)`,
        },
      })
  }
}

async function writeCounts(db: Database, counts: SecondCount[]): Promise<void> {
  if (counts.length === 0) return
  await db
    .insert(attemptCount)
    .values(counts)
    .onDuplicateKeyUpdate({
      set: {
        attempts: sql`attempts + values(attempts)`,
        failures: sql`failures + values(failures)`,
      },
    })
}

/** What all servers counted in the last five minutes. The second in which a state began is left out: its count mixes before and after. */
async function readCounts(db: Database, now: number): Promise<Counted> {
  const rows = await db
    .select()
    .from(attemptCount)
    .where(gte(attemptCount.second, Math.floor(now / 1000) - 300))
  return countsOf(rows)
}

/** Where two servers come to a verdict at once, one of them writes it; the other reads it next time. */
async function writeVerdict(db: Database, verdict: Verdict, version: number, stored: boolean) {
  const value = { ...verdict, version: version + 1 }
  if (!stored) {
    const [inserted] = await db
      .insert(setting)
      .values({ key: GUARD, value })
      .onDuplicateKeyUpdate({ set: { key: sql`${setting.key}` } })
    return inserted.affectedRows === 1
  }
  const [updated] = await db
    .update(setting)
    .set({ value, updatedAt: sql`CURRENT_TIMESTAMP(3)` })
    .where(and(eq(setting.key, GUARD), sql`json_extract(${setting.value}, '$.version') = ${version}`))
  return updated.affectedRows === 1
}

type Deps = {
  db: Database
  now: () => number
  /** Told once among all servers. */
  onVerdict: (verdict: Verdict, before: Verdict) => void
}

/**
 * The exchange of a process with a database: writes what it has to tell, reads what is shared, and judges for all when
 * it is time. One statement where there is nothing to tell and the guard is at rest.
 * @throws CountsTaken where something fails after the counts were written; said again, they would be added twice
 */
export function databaseExchange({ db, now, onVerdict }: Deps): Exchange {
  let lastAttempt = 0
  let lastSwept = 0
  return async ({ exposures, counts }: Report) => {
    await writeExposures(db, exposures)
    const { version, stored, ...shared } = await readSettings(db)
    await writeCounts(db, counts)
    const at = now()
    if (counts.length > 0) lastAttempt = at
    return judge(shared, { version, stored }, at).catch((cause: unknown) => {
      throw new CountsTaken(cause)
    })
  }

  async function judge(
    shared: Shared,
    { version, stored }: { version: number; stored: boolean },
    at: number,
  ): Promise<Shared> {
    // Who counted nothing has nothing to judge, unless it is time to try again.
    if (shared.verdict.circuit === undefined && at - lastAttempt > 300_000) return shared
    const verdict = await advance(shared.verdict, await readCounts(db, at), at)
    if (at - lastSwept > 60_000) {
      lastSwept = at
      await db.delete(attemptCount).where(lt(attemptCount.second, Math.floor(at / 1000) - KEPT_SECONDS))
    }
    if (verdict === shared.verdict) return shared
    if (await writeVerdict(db, verdict, version, stored)) onVerdict(verdict, shared.verdict)
    return { ...shared, verdict }
  }
}
