import { describe, expect, it } from 'vitest'
import { config, early, late } from './offer.testing'
import { isListedCode, linkCode, relevantCodes } from './tiers'

const given = { config, buyer: {}, now: early, timeZone: 'America/Los_Angeles' }
const member = { member: true }

describe('relevantCodes', () => {
  it.each([
    ['a stranger, early', {}, ['EARLY_BIRD']],
    ['a stranger, late', { now: late }, []],
    ['a member, early', { buyer: member }, ['MEMBER', 'EARLY_BIRD_MEMBER', 'EARLY_BIRD']],
    ['a member, late', { buyer: member, now: late }, ['MEMBER']],
    ['an Indian, late', { buyer: { country: 'in' }, now: late }, ['PPP_IN']],
    ['a public code', { couponCode: ' SPRING ', now: late }, ['SPRING']],
    ["a tier's code that is not for them, in any case", { couponCode: 'member', now: late }, []],
    ["a tier's code that is for them, once", { couponCode: 'member', buyer: member, now: late }, ['MEMBER']],
    ['nothing to sell by', { config: {} }, []],
    ["another workshop's members'", { couponCode: 'club', tiedElsewhere: ['CLUB'], now: late }, []],
  ])('%s', (_, over, codes) => {
    expect(relevantCodes({ ...given, ...over })).toEqual(codes)
  })
})

it('only a code that the product names, to the letter, may be a coupon id', () => {
  expect(['MEMBER', 'PPP_BR', 'member', 'FRIENDS'].map((code) => isListedCode(config, code))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(isListedCode({}, 'MEMBER')).toBe(false)
})

describe('linkCode, with Stripe out of reach', () => {
  it.each([
    ['a stranger, early', {}, 'EARLY_BIRD'],
    ['a stranger, late', { now: late }, undefined],
    ['a member, early', { buyer: member }, 'EARLY_BIRD_MEMBER'],
    ['a member, late', { buyer: member, now: late }, 'MEMBER'],
    ['an Indian who did not ask', { buyer: { country: 'IN' }, now: late }, undefined],
    ['an Indian who asked', { buyer: { country: 'IN' }, couponCode: 'ppp_in' }, 'PPP_IN'],
    ['a public code', { couponCode: 'SPRING' }, 'SPRING'],
    ["another workshop's members'", { couponCode: 'club', tiedElsewhere: ['CLUB'] }, 'EARLY_BIRD'],
    ["a member's code in a stranger's hands, early", { couponCode: 'member' }, 'EARLY_BIRD'],
    ["a member's code in a stranger's hands, late", { couponCode: 'MEMBER', now: late }, undefined],
  ])('%s', (_, over, code) => {
    expect(linkCode({ ...given, ...over })).toBe(code)
  })
})
