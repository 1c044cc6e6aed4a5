import { afterEach, expect, it, vi } from 'vitest'
import { CheckoutError } from '@/lib/contract/errors'
import { logPageError } from '@/lib/start'
import { createLog } from './log'
import { scrub } from './scrub'

const VISITOR = 'visitor_0123456789abcdef0123456789abcdef'
const link = `https://buy.stripe.com/x?prefilled_email=ada.lovelace%40example.com&client_reference_id=${VISITOR}`

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

it.each([
  ['an address', 'sent to ada@example.com.', 'ada@'],
  ['an address in a link', link, 'ada.lovelace'],
  ["the value of a visitor's cookie", link, VISITOR],
  ['a secret', 'with sk_test_abcdefghij', 'sk_test_abc'],
  ['where counts are kept', 'connecting to redis://:hunter2@redis:6379', 'hunter2'],
  ['a mail key', 'with re_3Vg3QVfJ_RYIl0R5iVjrwnlvfRYIl0R5i', 're_3Vg'],
])('%s does not leave', (_, text, told) => {
  expect(scrub(text)).not.toContain(told)
})

it('leaves the id of a refund, which somebody has to look up', () => {
  expect(scrub('"refundId":"re_3Vg3QVfJRYIl0R5iVjrwnlvf"')).toContain('re_3Vg3QVfJRYIl0R5iVjrwnlvf')
})

it('leaves enough of an address to recognise one’s own', () => {
  expect(scrub('ada@example.com')).toBe('a••@example.com')
  expect(scrub('to=ada%40example.com&x=1')).toBe('to=a••%40example.com&x=1')
  expect(scrub('to=ada%2Bshop%40example.com')).toBe('to=a••%40example.com')
})

function written() {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line))
    return true
  })
  return lines
}

it('what a statement was made with is not logged with its failure', () => {
  const lines = written()
  const err = Object.assign(new Error('Failed query'), { params: ['Ada Lovelace'], sql: "insert 'Lovelace'" })
  createLog('info').error(
    { event: 'x', err, params: ['Lovelace'], request: { config: 'Lovelace' } },
    'failed',
  )
  expect(lines.join('')).toContain('Failed query')
  expect(lines.join('')).not.toContain('Lovelace')
})

it('a page that failed is named without what was asked of it', () => {
  const lines = written()
  for (const [name, value] of Object.entries({
    DATABASE_URL: 'mysql://u:p@localhost/x',
    STRIPE_SECRET_KEY: 'sk_test_1',
    STRIPE_WEBHOOK_SECRET: 'whsec_1',
    NEXT_PUBLIC_APP_URL: 'https://shop.example',
  }))
    vi.stubEnv(name, value)
  logPageError(new Error('no'), '/workshop/x?coupon=SECRET&session_id=cs_test_1')
  expect(lines.join('')).toContain('"path":"/workshop/x"')
  expect(lines.join('')).not.toMatch(/SECRET|cs_test_1/)
})

it('a refusal is logged by what it is, and not with what its caller is told', () => {
  const lines = written()
  const error = new CheckoutError('stripe_error', { details: { fallbackUrl: link } })
  createLog('info').error({ event: 'request.failed', err: error }, 'failed')
  const text = lines.join('')
  expect(JSON.parse(text).err).toMatchObject({ type: 'CheckoutError', code: 'stripe_error' })
  expect(text).not.toMatch(/buy\.stripe|lovelace|visitor_0/)
})
