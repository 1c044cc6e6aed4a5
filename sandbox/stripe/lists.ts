import { z } from 'zod'
import { noSuch } from './errors'
import { int, text } from './params'

/** A moment in seconds, or bounds around it. */
const created = z.union([
  int(),
  z.strictObject({
    gt: int().optional(),
    gte: int().optional(),
    lt: int().optional(),
    lte: int().optional(),
  }),
])

/** The parameters that every list takes. */
export const paging = {
  limit: int(1, 100).optional(),
  starting_after: text().optional(),
  ending_before: text().optional(),
}
export const createdFilter = { created: created.optional() }

type Created = z.output<typeof created>

export function within(at: number, range: Created | undefined): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return at === range
  return (
    (range.gt === undefined || at > range.gt) &&
    (range.gte === undefined || at >= range.gte) &&
    (range.lt === undefined || at < range.lt) &&
    (range.lte === undefined || at <= range.lte)
  )
}

/** A table's rows, newest first; of the same second, the last made comes first. */
export function newestFirst<T extends { created: number }>(table: Record<string, T>): T[] {
  return Object.values(table)
    .reverse()
    .sort((a, b) => b.created - a.created)
}

interface Paging {
  limit?: number | undefined
  starting_after?: string | undefined
  ending_before?: string | undefined
}

export interface List<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  url: string
}

/** One page of `rows`, which are all that match, in the order that the list is in. */
export function page<T extends { id: string }>(rows: T[], query: Paging, url: string, what: string): List<T> {
  const limit = query.limit ?? 10
  const find = (id: string, param: string) => {
    const index = rows.findIndex((item) => item.id === id)
    if (index < 0) throw noSuch(what, id, param)
    return index
  }
  if (query.ending_before !== undefined) {
    const end = find(query.ending_before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', data: rows.slice(start, end), has_more: start > 0, url }
  }
  const start = query.starting_after === undefined ? 0 : find(query.starting_after, 'starting_after') + 1
  return {
    object: 'list',
    data: rows.slice(start, start + limit),
    has_more: rows.length > start + limit,
    url,
  }
}
