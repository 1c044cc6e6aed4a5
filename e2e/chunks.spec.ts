import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, testBuild } from '../scripts/project.mjs'
import { expect, test } from './support/test'

/** Every script of one side of the production build that the other tests run against, in one text. */
function scripts(side: 'static' | 'server'): string {
  const folder = join(root, testBuild, side)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
}

/** Words that minifying leaves alone, each of something that belongs on the server. */
const marks = {
  zod: 'ZodError',
  "Stripe's SDK": 'api.stripe.com',
  'the query builder': 'drizzle',
  'the database driver': 'mysql2',
  'the environment': 'STRIPE_SECRET_KEY',
}

for (const [what, mark] of Object.entries(marks))
  test(`no browser is sent ${what}`, () => {
    // Where the server has none of it either, the mark has changed and this test would see nothing.
    expect(scripts('server').includes(mark)).toBe(true)
    expect(scripts('static').includes(mark)).toBe(false)
  })
