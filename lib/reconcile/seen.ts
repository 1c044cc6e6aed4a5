import 'server-only'
import { createHash } from 'node:crypto'

/** Which session ids were met: eight bytes for each, so that a million sales take eight megabytes. */
export class Seen {
  #values = new BigUint64Array(1024)
  #size = 0
  #sorted = true

  add(id: string): void {
    if (this.#size === this.#values.length) {
      const grown = new BigUint64Array(this.#values.length * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#size++] = fingerprint(id)
    this.#sorted = false
  }

  has(id: string): boolean {
    if (!this.#sorted) {
      this.#values.subarray(0, this.#size).sort()
      this.#sorted = true
    }
    const wanted = fingerprint(id)
    let [low, high] = [0, this.#size]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#values[middle] ?? NOTHING) < wanted) low = middle + 1
      else high = middle
    }
    return low < this.#size && this.#values[low] === wanted
  }
}

// Not `0n`: an app that compiles for older targets takes no such literal.
const NOTHING = BigInt(0)

const fingerprint = (id: string): bigint => createHash('sha256').update(id).digest().readBigUInt64LE()
