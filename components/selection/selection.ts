import { useSyncExternalStore } from 'react'
import type { Offer } from '@/lib/contract/types'

/**
 * What the visitor has chosen for one workshop, shared by every component on the page that names its slug, so that
 * `<OfferPrice>` and `<RegisterButton>` agree without a provider. It is written in the browser alone: on the server
 * it would be shared between visitors.
 */
export type Selection = {
  /** The code in use; `null` where the visitor took it off; absent where they did neither. */
  couponCode?: string | null
  /** The newest offer that any component on the page has seen. */
  offer?: Offer
  /** When a checkout was last refused: whoever shows the offer looks again, then and every minute after. Unix milliseconds. */
  refusedAt?: number
}

let selections: Record<string, Selection> = {}
const nothing = {}

/** What is dispatched on `window` after every change. */
export const selected = 'workshop-selected'

/** Changes what is chosen for a workshop; parts that are not named stay. */
export function select(slug: string, change: Selection): void {
  selections = { ...selections, [slug]: { ...selections[slug], ...change } }
  dispatchEvent(new Event(selected))
}

/** Whether a checkout was refused just now and the offer sells on all the same: seats may be held, or too few for this buyer. */
export const isDoubted = (slug: string): boolean =>
  selections[slug]?.offer?.sale === 'open' && Date.now() < (selections[slug].refusedAt ?? 0) + 30_000

/** Forgets every choice: between tests and stories. */
export function resetSelections(): void {
  selections = {}
  dispatchEvent(new Event(selected))
}

const subscribe = (listener: () => void) => {
  addEventListener(selected, listener)
  return () => removeEventListener(selected, listener)
}

/** What is chosen for a workshop now. Empty while the server's markup is being taken over. */
export function useSelection(slug: string): Selection {
  const all: typeof selections = useSyncExternalStore(
    subscribe,
    () => selections,
    () => nothing,
  )
  return all[slug] ?? nothing
}

/** The code in use: the visitor's own choice, else the one that the page started with. */
export const chosenCode = (selection: Selection, initial: string | undefined): string | undefined =>
  (selection.couponCode === undefined ? initial : selection.couponCode) || undefined
