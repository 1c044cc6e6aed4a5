import { execFile } from 'node:child_process'
import { afterEach, expect, test, vi } from 'vitest'
import { createTestDatabase, testServerUrl } from '@/sandbox/testing/database'
import { nodeBinary, root } from '@/scripts/project.mjs'
import { calledAs } from './called-as'

afterEach(() => vi.unstubAllEnvs())

const run = (file: string, env: Record<string, string>, args: string[] = []) =>
  new Promise<{ code: number | null; said: string }>((resolve) => {
    const child = execFile(
      nodeBinary(),
      ['--import', './scripts/register.mjs', file, ...args],
      { cwd: root, env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env } },
      (_error, out, err) => resolve({ code: child.exitCode, said: `${out}${err}` }),
    )
  })

const on = (pathname: string) => Object.assign(new URL(testServerUrl()), { pathname }).href

test.each([
  ['postgres://user@localhost/shop', 2, /DATABASE_URL is malformed: .*mysql:\/\/user:password@localhost/],
  ['foo', 2, /DATABASE_URL is malformed/],
  ['', 2, /DATABASE_URL is missing/],
  ['mysql://root@127.0.0.1:1/shop', 1, /does not answer \(ECONNREFUSED\)/],
])('db:migrate with %j says what is wrong', async (url, code, words) => {
  const ran = await run('db/migrate.ts', { DATABASE_URL: url })
  expect(ran.said).toMatch(words)
  expect(ran.said).not.toMatch(/^\s+at /m)
  expect(ran.code).toBe(code)
})

test.each([
  ['/', /names no database, .* Create it first/],
  ['/there_is_none', /There is no database of the name .* CREATE, ALTER and INDEX/],
])('a database that is not there: %s', async (pathname, words) => {
  const env = {
    DATABASE_URL: on(pathname),
    STRIPE_SECRET_KEY: 'sk_test_none',
    STRIPE_WEBHOOK_SECRET: 'whsec_none',
    NEXT_PUBLIC_APP_URL: 'http://localhost:3000',
  }
  const migrated = await run('db/migrate.ts', env)
  expect(migrated).toEqual({ code: 1, said: expect.stringMatching(words) })
  const listed = await run('scripts/run.mjs', env, ['ops', 'events', 'list'])
  expect(listed).toEqual({ code: 1, said: expect.stringMatching(words) })
})

test('db:seed names every variable that it lacks, and takes test keys alone', async () => {
  const bare = await run('db/seed.ts', {})
  for (const name of ['DATABASE_URL', 'STRIPE_SECRET_KEY', 'NEXT_PUBLIC_APP_URL'])
    expect(bare.said).toContain(`${name} is missing`)
  expect(bare.code).toBe(2)
  const database = await createTestDatabase()
  const live = await run('db/seed.ts', {
    DATABASE_URL: database.url,
    STRIPE_SECRET_KEY: 'sk_live_1',
    NEXT_PUBLIC_APP_URL: 'http://localhost:3000',
  })
  await database.drop()
  expect(live).toEqual({ code: 1, said: expect.stringContaining('must be a test key') })
})

test('a hint names the command as it is called where it is read', () => {
  expect(['migrate', 'ops', 'ops setup'].map((command) => calledAs(command as 'ops'))).toEqual([
    'npm run db:migrate',
    'npm run ops',
    'npm run ops -- setup',
  ])
  vi.stubEnv('WORKSHOP_RUN', 'npm run workshop --')
  expect(calledAs('ops setup')).toBe('npm run workshop -- ops setup')
  expect(calledAs('migrate')).toBe('npm run workshop -- migrate')
})
