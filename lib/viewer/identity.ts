import { z } from 'zod'

const MAX_NAME_LENGTH = 200

/** The contract carries no longer one to the commerce side. */
export const viewerEmail = z.email().max(254)

/**
 * A name as the contract carries it: whoever has an odd one must be able to buy all the same.
 * Undefined where nothing is left of it.
 */
export function viewerName(raw: string): string | undefined {
  const tidy = raw
    // With the `u` flag only a surrogate without its other half matches.
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return cut(tidy).trimEnd() || undefined
}

/** Drops the first half of a pair that the cut would split. */
const cut = (text: string): string => text.slice(0, MAX_NAME_LENGTH).replace(/\p{Surrogate}$/u, '')
