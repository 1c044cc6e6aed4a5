import { cpus, totalmem } from 'node:os'

/** A count is the same on every machine; a time is worth what the machine is worth, and nothing in a quick run. */
type Kind = 'count' | 'time'

/** One goal, and whether this run held it. */
type Goal = { what: string; measured: string; holds: boolean; kind: Kind }

const goals: Goal[] = []

export const say = (line = '') => console.log(line)

/** Rows under their names, in columns. */
export function table(head: string[], rows: (string | number)[][]): void {
  const cells = [head, ...rows.map((row) => row.map(String))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  for (const row of cells) {
    const line = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    say(`  ${line.join('  ')}`)
  }
  say()
}

/** A number to be held: at most `limit`, or at least `limit`. */
export function hold(
  what: string,
  measured: number,
  bound: { most: number } | { least: number },
  kind: Kind = 'count',
): void {
  const holds = 'most' in bound ? measured <= bound.most : measured >= bound.least
  const limit = 'most' in bound ? `at most ${bound.most}` : `at least ${bound.least}`
  goals.push({ what, measured: `${rounded(measured)}, ${limit}`, holds, kind })
}

export const rounded = (value: number) => Math.round(value * 100) / 100

/** Says what was held, and fails the run where something wasn't; a quick run's times are too few to fail for. */
export function conclude({ quick }: { quick: boolean }): void {
  if (goals.length === 0) return
  say('Held')
  for (const { what, measured, holds } of goals) say(`  ${holds ? 'yes' : 'NO '}  ${what}: ${measured}`)
  if (goals.some(({ holds, kind }) => !holds && !(quick && kind === 'time'))) process.exitCode = 1
}

export function machine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${gigabytes} GB, Node ${process.version}`
}
