import { expect, test } from 'vitest'
import { buyerSchema } from '@/lib/contract/schemas'
import { viewerEmail, viewerName } from './identity'

test.for<[string, string, string | undefined]>([
  ['an ordinary one', 'Ada Lovelace', 'Ada Lovelace'],
  ['beyond ASCII', 'Zoë 李 😀', 'Zoë 李 😀'],
  ['control characters', 'Ada\u0000\u0085Lovelace\u007f', 'Ada Lovelace'],
  ['runs of white space', '\u00a0 Ada \r\n\t Lovelace \ufeff', 'Ada Lovelace'],
  ['a lone high surrogate', 'Ada \ud83d', 'Ada \ufffd'],
  ['a lone low surrogate', '\ude00 Ada', '\ufffd Ada'],
  ['200 long', 'A'.repeat(200), 'A'.repeat(200)],
  ['201 long', 'A'.repeat(201), 'A'.repeat(200)],
  ['a pair that just fits', `${'A'.repeat(198)}😀B`, `${'A'.repeat(198)}😀`],
  ['a pair across the cut', `${'A'.repeat(199)}😀`, 'A'.repeat(199)],
  ['a space at the cut', `${'A'.repeat(199)} Lovelace`, 'A'.repeat(199)],
  ['long white space before', `${' '.repeat(300)}Ada`, 'Ada'],
  ['none', '', undefined],
  ['blank', ' \t\u0000 ', undefined],
])('a name is made one that the contract carries: %s', ([_what, raw, carried]) => {
  const name = viewerName(raw)
  expect(name).toBe(carried)
  expect(buyerSchema.parse({ name }).name).toBe(carried)
})

test('an e-mail is no longer than the contract carries', () => {
  const ofLength = (length: number) => '@example.com'.padStart(length, 'a')
  for (const email of [ofLength(254), ofLength(255)]) {
    expect(viewerEmail.safeParse(email).success).toBe(buyerSchema.safeParse({ email }).success)
  }
  expect(viewerEmail.safeParse(ofLength(254)).success).toBe(true)
  expect(viewerEmail.safeParse(ofLength(255)).success).toBe(false)
})
