import { describe, expect, it } from 'vitest'
import { decideSale, saleSentence } from './sale'

const at = (now: string) => ({ now: new Date(now) })
const dates = {
  openEnrollment: '2026-11-01T00:00:00Z',
  closeEnrollment: '2026-12-10T00:00:00Z',
  endsAt: '2026-12-15T23:00:00Z',
}

describe('decideSale', () => {
  it.each([
    ['a second before it opens', '2026-10-31T23:59:59Z', 'not-open'],
    ['as it opens', '2026-11-01T00:00:00Z', 'open'],
    ['a moment before it closes', '2026-12-09T23:59:59.999Z', 'open'],
    ['as it closes', '2026-12-10T00:00:00Z', 'closed'],
  ])('%s', (_, now, state) => {
    expect(decideSale({ ...at(now), ...dates }).state).toBe(state)
  })

  it('says when it opens, when it closed and when it will end', () => {
    const opens = new Date(dates.openEnrollment)
    const closes = new Date(dates.closeEnrollment)
    expect(decideSale({ ...at('2026-10-01'), ...dates })).toEqual({
      state: 'not-open',
      changesAt: opens,
      closesAt: closes,
    })
    expect(decideSale({ ...at('2026-11-02'), ...dates })).toEqual({ state: 'open', closesAt: closes })
    expect(decideSale({ ...at('2027-01-01'), ...dates })).toEqual({
      state: 'closed',
      changesAt: closes,
      closesAt: closes,
    })
  })

  it('never sells an event that is over, whatever the closing date says', () => {
    const late = { ...dates, closeEnrollment: '2027-06-01T00:00:00Z' }
    expect(decideSale({ ...at('2026-12-15T22:59:59Z'), ...late }).state).toBe('open')
    expect(decideSale({ ...at('2026-12-15T23:00:00Z'), ...late }).state).toBe('closed')
  })

  it('sells a workshop that has begun where nobody set a closing date', () => {
    expect(decideSale({ ...at('2026-12-15T22:00:00Z'), endsAt: dates.endsAt }).state).toBe('open')
    expect(decideSale(at('2026-12-15T22:00:00Z')).state).toBe('open')
  })

  it('takes an unreadable date for none', () => {
    expect(decideSale({ ...at('2026-12-01'), openEnrollment: 'tomorrow', closeEnrollment: '' }).state).toBe(
      'open',
    )
  })

  it.each([
    ['published', 'open'],
    [undefined, 'open'],
    ['draft', 'not-open'],
    ['archived', 'closed'],
    ['deleted', 'closed'],
    ['something new', 'closed'],
  ])('a product in state %s is %s', (state, sale) => {
    expect(decideSale({ ...at('2026-12-01'), ...dates, state }).state).toBe(sale)
  })

  it.each([
    [30, 1, 'open'],
    [30, 0, 'sold-out'],
    [30, -2, 'sold-out'],
    [30, undefined, 'open'],
    [0, undefined, 'sold-out'],
    [-1, 0, 'open'],
    [undefined, 0, 'sold-out'],
  ])('of %s seats %s are left: %s', (capacity, seatsLeft, state) => {
    expect(decideSale({ ...at('2026-12-01'), ...dates, capacity, seatsLeft }).state).toBe(state)
  })

  it('is closed rather than sold out, and not open rather than sold out', () => {
    expect(decideSale({ ...at('2027-01-01'), ...dates, capacity: 1, seatsLeft: 0 }).state).toBe('closed')
    expect(decideSale({ ...at('2026-10-01'), ...dates, capacity: 1, seatsLeft: 0 }).state).toBe('not-open')
  })
})

describe('saleSentence', () => {
  const closed = { state: 'closed', changesAt: new Date('2026-12-10T05:00:00Z') } as const
  it('names the day in the workshop’s own zone', () => {
    expect(saleSentence(closed, 'America/Los_Angeles')).toBe('Registration closed on 9 December.')
    expect(saleSentence(closed, 'Asia/Tokyo')).toBe('Registration closed on 10 December.')
    expect(saleSentence(closed, 'Nowhere/Else')).toBe('Registration closed on 10 December.')
  })
  it.each([
    [{ state: 'open' }, 30, 'Registration is open.'],
    [{ state: 'sold-out' }, 30, 'All 30 seats are taken.'],
    [{ state: 'sold-out' }, undefined, 'All seats are taken.'],
    [{ state: 'not-open' }, 30, 'Registration is not open yet.'],
    [
      { state: 'not-open', changesAt: new Date('2027-01-15T00:00:00Z') },
      30,
      'Registration opens on 15 January.',
    ],
    [{ state: 'closed' }, 30, 'Registration is closed.'],
  ] as const)('%j', (sale, capacity, sentence) => {
    expect(saleSentence(sale, 'UTC', capacity)).toBe(sentence)
  })
})
