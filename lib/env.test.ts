import { describe, expect, test } from 'vitest'
import { EnvError, readEnv, variables } from './env'

const complete = {
  DATABASE_URL: 'mysql://user:hunter2@localhost:3306/shop',
  STRIPE_SECRET_KEY: 'sk_test_abc123',
  STRIPE_WEBHOOK_SECRET: 'whsec_abc',
  NEXT_PUBLIC_APP_URL: 'https://shop.example/',
}

const problemsOf = (source: Record<string, string | undefined>) => {
  try {
    readEnv(source)
  } catch (error) {
    if (error instanceof EnvError) return error.problems
    throw error
  }
  return []
}

describe('readEnv', () => {
  test('takes the six variables of an embedded shop, and fills in the rest', () => {
    expect(readEnv(complete)).toMatchObject({
      TABLE_PREFIX: 'egghead_',
      NEXT_PUBLIC_APP_URL: 'https://shop.example',
      STRIPE_WEBHOOK_SECRET: ['whsec_abc'],
      CHECKOUT_ROLLOUT: 'on',
      commerce: true,
      live: false,
    })
  })

  test.each(Object.keys(complete))('names %s where it is missing', (name) => {
    const [problem, ...others] = problemsOf({ ...complete, [name]: ' ' })
    expect(problem).toMatch(new RegExp(`^${name} is missing: .+, e\\.g\\. .+`))
    expect(others).toEqual([])
  })

  test.each([
    ['DATABASE_URL', 'secret-value'],
    ['DATABASE_URL', 'postgres://secret-value@localhost/x'],
    ['DATABASE_URL', 'mysql://user:100%secret-value@localhost/x'],
    ['SMTP_URL', 'smtp://user:100%secret-value@localhost'],
    ['REDIS_URL', 'redis://user:100%secret-value@localhost'],
    ['EMAIL_FROM', 'secret-value'],
    ['EMAIL_FROM', 'Workshops <secret-value>'],
    ['STRIPE_SECRET_KEY', 'secret-value'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_a,secret-value'],
    ['NEXT_PUBLIC_APP_URL', 'secret-value'],
    ['NEXT_PUBLIC_APP_URL', 'https://shop.example/secret-value'],
    ['ALLOWED_ORIGIN', 'https://shop.example/?secret-value'],
    ['TABLE_PREFIX', 'secret-value; drop'],
    ['ALLOWED_ORIGIN', '*'],
    ['COURSE_BUILDER_API_KEY', 'secret-value'],
    ['COURSE_BUILDER_API_AUTH', 'secret-value'],
    ['RATE_LIMIT', 'secret-value'],
    ['CHECKOUT_ROLLOUT', '101%'],
    ['OVERSOLD', 'secret-value'],
    ['CRON_SECRET', 'secret-value'],
  ])('names %s where it is malformed, and never repeats its value', (name, value) => {
    const problems = problemsOf({ ...complete, EMAIL_FROM: 'workshops@example.com', [name]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${name} is malformed: `))
    expect(problems[0]).not.toContain('secret-value')
  })

  test('tells every problem at once', () => {
    expect(problemsOf({}).map((problem) => problem.split(' ')[0])).toEqual(Object.keys(complete))
    expect(problemsOf({ NEXT_PUBLIC_APP_URL: 'https://shop.example' })).toHaveLength(3)
  })

  test('wants no database of a pure storefront, but its key', () => {
    const storefront = {
      NEXT_PUBLIC_APP_URL: 'https://shop.example',
      COURSE_BUILDER_API_URL: 'https://commerce.example',
    }
    expect(problemsOf(storefront)).toEqual([expect.stringMatching(/^COURSE_BUILDER_API_KEY is missing/)])
    expect(readEnv({ ...storefront, COURSE_BUILDER_API_KEY: 'k'.repeat(32) })).toMatchObject({
      commerce: false,
    })
  })

  test('refuses a demo in front of a commerce side that others sell through', () => {
    const storefront = {
      WORKSHOP_DEMO: '1',
      NEXT_PUBLIC_APP_URL: 'http://localhost:3000',
      COURSE_BUILDER_API_KEY: 'k'.repeat(32),
    }
    const demo = (change: Record<string, string>) => () => readEnv({ ...storefront, ...change })
    expect(demo({ COURSE_BUILDER_API_URL: 'https://course-builder.example.com' })).toThrow(
      'COURSE_BUILDER_API_URL is another machine, which the demo refuses',
    )
    const here = { COURSE_BUILDER_API_URL: 'http://127.0.0.1:3001' }
    expect(demo(here)).not.toThrow()
    expect(demo({ ...here, NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY: 'pk_live_x' })).toThrow(
      'NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY is a live key',
    )
  })

  test('refuses a live key in the demo and against a stand-in', () => {
    const live = { ...complete, STRIPE_SECRET_KEY: 'sk_live_abc' }
    expect(readEnv(live).live).toBe(true)
    expect(problemsOf({ ...live, WORKSHOP_DEMO: '1' })).toEqual([
      expect.stringContaining('STRIPE_SECRET_KEY'),
    ])
    expect(problemsOf({ ...live, STRIPE_API_BASE_URL: 'http://127.0.0.1:4010' })).toEqual([
      expect.stringContaining('STRIPE_API_BASE_URL'),
    ])
  })

  test('every variable says what it is for', () => {
    for (const { about, example } of Object.values(variables)) expect(`${about}${example}`).toMatch(/\w/)
  })
})
