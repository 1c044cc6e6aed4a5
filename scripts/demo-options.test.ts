import { createServer } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { readPort, readStripe, refuseTaken } from './demo-options.mjs'
import { freePorts } from './ports.mjs'

afterEach(() => vi.unstubAllEnvs())

describe('PORT', () => {
  test.each(['abc', '0', '-1', '65536', '80.5'])('%s is no port', (port) => {
    vi.stubEnv('PORT', port)
    expect(readPort).toThrow(`PORT is not a port: ${port}. Example: PORT=4000 npm run demo`)
  })

  test('that is taken is refused with another one', async () => {
    const server = createServer()
    const [port = 0] = await freePorts(1)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    await expect(refuseTaken(port)).rejects.toThrow(
      new RegExp(`^Port ${port} is taken. Choose another one: PORT=4\\d\\d\\d npm run demo$`),
    )
    await new Promise((resolve) => server.close(resolve))
    await expect(refuseTaken(port)).resolves.toBeUndefined()
  })
})

describe("Stripe's own test mode", () => {
  test('is used where both of its secrets are given', () => {
    expect(readStripe({})).toBeUndefined()
    expect(readStripe({ STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' })).toEqual({
      secretKey: 'sk_test_1',
      webhookSecret: 'whsec_1',
    })
  })

  test.each([
    [{ STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' }, 'is a live key'],
    [{ STRIPE_SECRET_KEY: 'rk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' }, 'is a live key'],
    [{ STRIPE_SECRET_KEY: 'pk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' }, 'It begins with sk_test_'],
    [{ STRIPE_SECRET_KEY: 'sk_test_1' }, 'needs STRIPE_WEBHOOK_SECRET'],
    [{ STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'x' }, 'needs STRIPE_WEBHOOK_SECRET'],
  ])('is refused with %j', (env, words) => {
    expect(() => readStripe(env)).toThrow(words)
  })
})
