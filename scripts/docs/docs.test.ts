import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
