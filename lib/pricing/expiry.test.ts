import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sessionExpiry } from './expiry'

const now = new Date('2026-12-05T20:00:00.900Z')
const start = Math.floor(now.getTime() / 1000)
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000)

it.each([
  ['seats are limited', { limited: true }, 31],
  ['seats are limited, whatever the offer', { limited: true, offerEndsAt: inMinutes(300) }, 31],
  ['nothing is limited', { limited: false }, 24 * 60 - 5],
  ['the offer ends today', { limited: false, offerEndsAt: inMinutes(120) }, 120],
  ['the offer ends within the half hour', { limited: false, offerEndsAt: inMinutes(5) }, 31],
  ['the offer is over', { limited: false, offerEndsAt: inMinutes(-5) }, 31],
  ['the offer outlives the day', { limited: false, offerEndsAt: inMinutes(5000) }, 24 * 60 - 5],
])('%s', (_, input, minutes) => {
  expect(sessionExpiry({ now, ...input })).toBe(start + minutes * 60)
})

it('is always what Stripe takes, with room for a minute between two clocks', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.option(fc.integer({ min: -5000, max: 5000 }), { nil: undefined }),
      (limited, end) => {
        const expiresAt = sessionExpiry({
          now,
          limited,
          offerEndsAt: end === undefined ? undefined : inMinutes(end),
        })
        expect(Number.isInteger(expiresAt)).toBe(true)
        expect(expiresAt - start).toBeGreaterThanOrEqual(31 * 60)
        expect(expiresAt - start).toBeLessThanOrEqual(24 * 3600 - 60)
      },
    ),
  )
})
