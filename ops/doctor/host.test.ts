import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkHost } from './host'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-host-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const config = (rule: string) =>
  `export default { turbopack: { rules: { ${rule}: { loaders: ['@tailwindcss/turbopack'] } } } }`

test.each(['"*.css"', "'*.css'", '"**/*.css"'])(
  'a rule that takes CSS Modules along is named: %s',
  (rule) => {
    writeFileSync(join(folder, 'next.config.ts'), config(rule))
    expect(checkHost(folder)).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('next.config.ts'),
    })
  },
)

test.each(['"globals.css"', '"*.svg"'])('any other rule is fine: %s', (rule) => {
  writeFileSync(join(folder, 'next.config.mjs'), config(rule))
  expect(checkHost(folder)).toMatchObject({ level: 'fine' })
})

test('so is an app without a configuration', () => {
  expect(checkHost(folder)).toMatchObject({ level: 'fine' })
})
