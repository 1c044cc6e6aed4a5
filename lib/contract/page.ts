import type { Workshop } from './types'

/** A workshop with what a page tells about it. */
export type WorkshopPage = Workshop & {
  summary: string
  description: string[]
  outline: { title: string; text: string }[]
  instructor: { name: string; bio: string }
  /** How a buyer gets in on the day. */
  howToJoin: string
  /** Seats in all; absent where unlimited. */
  capacity?: number
}
