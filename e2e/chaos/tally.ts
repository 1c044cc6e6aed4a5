/** Counts what happened, by name, for the report. */
export class Tally {
  readonly #counts = new Map<string, number>()

  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by)
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  toString(): string {
    const rows = [...this.#counts].sort(([left], [right]) => left.localeCompare(right))
    return rows.length === 0 ? 'none' : rows.map(([name, count]) => `${name} ${count}`).join(', ')
  }
}
