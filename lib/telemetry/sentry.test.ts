import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createLog } from './log'
import { withRequestContext } from './request-context'
import { createReporter } from './sentry'
import { sharedTelemetry } from './shared'

/** A stand-in for Sentry that keeps the envelopes it was sent. */
const envelopes: string[] = []
const sentry = createServer((request, response) => {
  let body = ''
  request.on('data', (part) => {
    body += part
  })
  request.on('end', () => {
    envelopes.push(`${request.url}\n${body}`)
    response.end('{}')
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => sentry.listen(0, '127.0.0.1', resolve))
  const address = sentry.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  sharedTelemetry().report = createReporter(`http://key@127.0.0.1:${port}/7`)
})
afterAll(() => {
  delete sharedTelemetry().report
  sentry.close()
})

test('a line of level error reaches Sentry with its ids, and with nobody in it', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const log = createLog('info')
  withRequestContext({ requestId: 'request-0001' }, () => {
    log.info({ event: 'checkout.created' }, 'no error')
    const err = new Error(
      'Failed query: insert into User\nparams: Ada Lovelace, ada@example.com: ada@example.com sk_test_abcdefgh mysql://root:pw@db/x',
    )
    log.error({ event: 'request.failed', code: 'internal', err, body: { name: 'Ada Lovelace' } }, 'failed')
  })
  const lines = written.mock.calls.join('\n')
  await vi.waitFor(() => expect(envelopes).toHaveLength(1), { timeout: 5000 })
  const [envelope = ''] = envelopes
  expect(envelope).toContain('/api/7/envelope/')
  expect(envelope).toContain('"requestId":"request-0001"')
  expect(envelope).toContain('"code":"internal"')
  expect(envelope).toContain('Failed query: insert into User')
  for (const text of [envelope, lines]) expect(text).not.toMatch(/ada@example|sk_test_|mysql:|root:pw/)
  expect(envelope).not.toContain('Lovelace')
})
