import { afterEach, expect, it, vi } from 'vitest'
import { CheckoutError } from '@/lib/contract/errors'
import { createLog } from './log'
import { scrub } from './scrub'

const VISITOR = 'visitor_0123456789abcdef0123456789abcdef'
const link = `https://buy.stripe.com/x?prefilled_email=ada.lovelace%40example.com&client_reference_id=${VISITOR}`

afterEach(() => vi.restoreAllMocks())

it.each([
  ['an address', 'sent to ada@example.com.', 'ada@'],
  ['an address in a link', link, 'ada.lovelace'],
  ["the value of a visitor's cookie", link, VISITOR],
  ['a secret', 'with sk_test_abcdefghij', 'sk_test_abc'],
])('%s does not leave', (_, text, told) => {
  expect(scrub(text)).not.toContain(told)
})

it('leaves enough of an address to recognise one’s own', () => {
  expect(scrub('ada@example.com')).toBe('a••@example.com')
  expect(scrub('to=ada%40example.com&x=1')).toBe('to=a••%40example.com&x=1')
  expect(scrub('to=ada%2Bshop%40example.com')).toBe('to=a••%40example.com')
})

it('a refusal is logged by what it is, and not with what its caller is told', () => {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line))
    return true
  })
  const error = new CheckoutError('stripe_error', { details: { fallbackUrl: link } })
  createLog('info').error({ event: 'request.failed', err: error }, 'failed')
  const text = lines.join('')
  expect(JSON.parse(text).err).toMatchObject({ type: 'CheckoutError', code: 'stripe_error' })
  expect(text).not.toMatch(/buy\.stripe|lovelace|visitor_0/)
})
