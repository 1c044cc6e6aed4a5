import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { fromJson } from '@/db/json'
import { setting } from '@/db/schema'

const cursorSchema = z.object({
  /** The last session whose page is done. */
  after: z.string(),
  /** When this backfill began, ISO 8601: what is newer was not on its first page. */
  startedAt: z.iso.datetime(),
  walked: z.number(),
  recorded: z.number(),
  /** A cursor of an earlier version has none. */
  parked: z.number().default(0),
})

/** How far a backfill came. */
export type Cursor = z.infer<typeof cursorSchema>

const keyOf = (since: Date) => `backfill:${since.toISOString()}`

/** Where to go on; nothing where this backfill is new, or came to its end. */
export async function readCursor(db: Database, since: Date): Promise<Cursor | undefined> {
  const [row] = await db
    .select({ value: setting.value })
    .from(setting)
    .where(eq(setting.key, keyOf(since)))
  return cursorSchema.optional().parse(fromJson(row?.value))
}

export async function writeCursor(db: Database, since: Date, value: Cursor): Promise<void> {
  await db
    .insert(setting)
    .values({ key: keyOf(since), value })
    .onDuplicateKeyUpdate({ set: { value } })
}

/** It came to its end: the next one starts at the newest session again. */
export async function forgetCursor(db: Database, since: Date): Promise<void> {
  await db.delete(setting).where(eq(setting.key, keyOf(since)))
}
