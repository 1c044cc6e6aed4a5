import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../project.mjs'
import { errorsPage } from './errors'
import { withPropTables } from './props'

const page = (name: string) => readFileSync(join(root, 'docs', name), 'utf8')

test('the generated pages are of this code', () => {
  expect(page('errors.md'), 'out of date: run `npm run docs`').toBe(errorsPage())
  const developer = page('developer.md')
  expect(developer, 'out of date: run `npm run docs`').toBe(withPropTables(developer))
})

test('every test that the security notes name is there', () => {
  const named = [...page('security.md').matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, file = '']) => file)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([])
})

test('no page leads to a file that is not there', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/**/*.md', { cwd: root })]
  const dead = pages.flatMap((name) =>
    [...readFileSync(join(root, name), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target = '']) => join(root, dirname(name), target))
      .filter((target) => !existsSync(target))
      .map((target) => `${name}: ${target}`),
  )
  expect(dead).toEqual([])
})
