import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { registrySchema } from 'shadcn/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../project.mjs'
import { emitRegistry, emitted, registryOf } from './emit'
import { mentionsIn } from './imports'

const registry = registryOf(root)
const names = registry.items.map(({ name }) => name)
const folder = mkdtempSync(join(tmpdir(), 'registry-'))

beforeAll(() => emitRegistry(root, folder))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('registry.json is of this tree, and what shadcn takes', () => {
  const written = JSON.parse(readFileSync(join(root, 'registry.json'), 'utf8'))
  expect(written, 'out of date: run `npm run registry`').toEqual(registry)
  expect(registrySchema.safeParse(registry).error).toBeUndefined()
})

test('there is an item for everything, for a storefront, and for each component alone', () => {
  expect(names).toEqual([
    'workshop-checkout',
    'workshop-storefront',
    'checkout-status',
    'offer-price',
    'register-button',
  ])
})

describe.for(registry.items)('$name', (item) => {
  const targets = new Set(item.files.map(({ target }) => target))
  const textOf = (target: string) => readFileSync(join(folder, emitted, item.name, target), 'utf8')

  test('holds every file that one of its files imports, under a path of its own and no alias', () => {
    for (const target of targets)
      for (const { specifier } of mentionsIn(target, textOf(target))) {
        expect(specifier, target).not.toMatch(/^[@~#]\//)
        if (!specifier.startsWith('.')) continue
        const path = posix.join(posix.dirname(target), specifier)
        const found = ['', '.ts', '.tsx', '/index.ts', '/index.tsx'].some((end) => targets.has(path + end))
        expect(found, `${target} imports ${specifier}`).toBe(true)
      }
  })

  test('names every package that one of its files imports, at the exact version of our lock file', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
    for (const dependency of item.dependencies) {
      const [, name, version] = /^(?:[\w-]+@npm:)?(.+)@(\d[^@]*)$/.exec(dependency) ?? []
      expect(lock.packages[`node_modules/${name}`]?.version, dependency).toBe(version)
    }
  })

  test('brings nothing of our demo, tests, stories, sandbox or benches', () => {
    for (const target of targets)
      expect(target).not.toMatch(
        /\.(test|stories|testing|fixture)\.|sandbox|bench|e2e|api\/demo|app\/(site|page|layout)|_snapshot/,
      )
    expect(existsSync(join(folder, emitted, item.name))).toBe(true)
  })

  test('keeps server code in a folder of its own, where a host has none of that name', () => {
    for (const target of targets)
      expect(target).toMatch(
        /^(app\/(api|workshop|\.well-known)\/|components\/|lib\/workshop-checkout\/|(proxy|instrumentation|(workshops|viewer)\.config)\.ts$)/,
      )
  })
})

test.each(['workshop-storefront', 'checkout-status', 'offer-price'])(
  '%s leaves a host the version of TanStack Query that it has',
  (name) => {
    const item = registry.items.find((candidate) => candidate.name === name)
    expect(item?.dependencies.filter((dependency) => dependency.includes('react-query'))).toEqual([
      expect.stringMatching(/^workshop-query@npm:@tanstack\/react-query@5\.\d+\.\d+$/),
    ])
    const texts = item?.files.map(({ target }) => readFileSync(join(folder, emitted, name, target), 'utf8'))
    expect(texts?.filter((text) => text.includes("from 'workshop-query'"))).not.toHaveLength(0)
    expect(texts?.filter((text) => text.includes('@tanstack/'))).toHaveLength(0)
  },
)

test("a host's route files stay under fifteen lines", () => {
  const routes = registry.items.flatMap(({ name, files }) =>
    files
      .filter(({ target }) => /^app\/.*\/route\.ts$/.test(target))
      .map(({ target }) => join(folder, emitted, name, target)),
  )
  expect(routes.length).toBeGreaterThan(10)
  for (const file of routes) expect(readFileSync(file, 'utf8').split('\n').length, file).toBeLessThan(15)
})

test('a storefront alone brings no database, no e-mail and nothing that records a sale', () => {
  const storefront = registry.items.find(({ name }) => name === 'workshop-storefront')
  const heavy = storefront?.dependencies.filter((name) =>
    /^(mysql2|drizzle-orm|nodemailer|react-email|resend|inngest|commander|tsx)@/.test(name),
  )
  expect(heavy).toEqual([])
  const paths = storefront?.files.map(({ target }) => target) ?? []
  expect(
    paths.filter((path) => /workshop-checkout\/(fulfillment|outbox|email|ops|db\/schema)\//.test(path)),
  ).toEqual([])
})

test('the migrations go along', () => {
  const everything = registry.items.find(({ name }) => name === 'workshop-checkout')
  const paths = everything?.files.map(({ target }) => target) ?? []
  expect(paths).toEqual(
    expect.arrayContaining([
      'lib/workshop-checkout/db/migrations/0000_checkout.sql',
      'lib/workshop-checkout/db/migrations/meta/_journal.json',
    ]),
  )
})
