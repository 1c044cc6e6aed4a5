import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { envExample } from './example'

test('.env.example names every variable that the server reads', () => {
  const written = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8')
  expect(written, 'out of date: run `npm run env:example`').toBe(envExample())
})
