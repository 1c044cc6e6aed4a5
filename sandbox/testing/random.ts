import { randomInt } from 'node:crypto'

/** The seed of this run: the variable's, so that a run can be had again, or a new one. */
export function seedOfRun(variable: string): number {
  const given = Number(process.env[variable])
  return Number.isInteger(given) && given > 0 ? given : randomInt(1, 2 ** 31)
}

/** Mulberry32: small, and good enough to choose by. Answers numbers from 0 up to, not including, 1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** So many of them, in their own order. */
export function sampleOf<T>(items: readonly T[], count: number, seed: number): T[] {
  const random = randomFrom(seed)
  const chosen = items.map((item, index) => ({ item, index, weight: random() }))
  chosen.sort((left, right) => left.weight - right.weight)
  return chosen
    .slice(0, count)
    .sort((left, right) => left.index - right.index)
    .map(({ item }) => item)
}
