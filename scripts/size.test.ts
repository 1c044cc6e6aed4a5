import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { budget, bundle, components, faults } from './browser-bundle.mjs'
import { esbuildBytes } from './esbuild-bytes.mjs'
import { root } from './project.mjs'

/** Bytes that gzip can't make fewer of. */
const noise = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64')

const fixtures: Record<string, string> = {
  'small.tsx': "export const Small = () => <p className='small'>Hello</p>",
  'with-zod.tsx': "import { z } from 'zod'\nexport const WithZod = () => <p>{z.string().parse('x')}</p>",
  'with-lazy-zod.tsx': "export const load = () => import('zod')",
  'with-stripe.tsx': "import Stripe from 'stripe'\nexport const stripe = new Stripe('sk_test_1')",
  'with-stripe-js.tsx':
    "import { loadStripe } from '@stripe/stripe-js'\nexport const load = () => loadStripe('pk_1')",
  'with-lazy-stripe-js.tsx': "export const load = () => import('@stripe/stripe-js')",
  'with-server.tsx': "export { orStale } from '@/lib/or-stale'",
  'too-big.tsx': `export const TooBig = () => <p>{'${noise(4_000)}'}</p>`,
}

let folder = ''
const fixture = (name: string) => join(folder, name)

beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  // Within the project, so that its packages are found.
  folder = mkdtempSync(join(root, '.cache', 'size-'))
  for (const [name, text] of Object.entries(fixtures)) writeFileSync(fixture(name), text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Which files a fixture is told off for, or `bytes`. */
async function found(name: string) {
  const component = { name, entry: fixture(name), provided: ['react', 'react-dom', 'next'] }
  return faults(component, await bundle(component))
}

test.each(components)(
  '$name keeps to its budget, and sends nothing that it should not',
  async (component) => {
    const measured = await bundle(component)
    expect(faults(component, measured)).toEqual([])
    // Less would mean that something else was measured.
    expect(measured.bytes).toBeGreaterThan(budget / 2)
    // Of two bundlers' results it is the larger that has to fit.
    const plain = await esbuildBytes(component)
    expect(plain).toBeGreaterThan(budget / 2)
    expect(measured.bytes).toBeGreaterThanOrEqual(plain)
  },
  60_000,
)

test.each([
  ['with-zod.tsx', 'sends node_modules/zod/'],
  ['with-lazy-zod.tsx', 'sends node_modules/zod/'],
  ['with-stripe.tsx', 'sends node_modules/stripe/'],
  ['with-server.tsx', 'sends lib/or-stale.ts to the browser.'],
  ['with-stripe-js.tsx', 'loads node_modules/@stripe/stripe-js/'],
])(
  '%s %s…',
  async (name, words) => {
    expect((await found(name)).join('\n')).toContain(`${name} ${words}`)
  },
  60_000,
)

test.each(['small.tsx', 'with-lazy-stripe-js.tsx'])(
  '%s is fine',
  async (name) => {
    expect(await found(name)).toEqual([])
  },
  60_000,
)

test('more than the budget is too much, and told in bytes', async () => {
  expect((await found('too-big.tsx')).join()).toMatch(
    /^too-big\.tsx loads \d{4} bytes, \d+ more than its 4000\.$/,
  )
}, 60_000)

test('the command fails where a component does, and names it', () => {
  const run = (...names: string[]) =>
    spawnSync(process.execPath, ['scripts/size.mjs', ...names.map(fixture)], { cwd: root, encoding: 'utf8' })
  const good = run('small.tsx')
  expect(good.stdout).toMatch(/^small\.tsx +\d+ +4000 /m)
  expect(good.status).toBe(0)
  const bad = run('small.tsx', 'too-big.tsx')
  expect(bad.stdout).toContain('too-big.tsx loads ')
  expect(bad.status).toBe(1)
}, 60_000)
