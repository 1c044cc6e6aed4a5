// @ts-check
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { readArguments, refuse } from './arguments.mjs'
import { budget, bundle, components, faults } from './browser-bundle.mjs'
import { say } from './report.mjs'

const usage = `npm run size                     what each component adds to a page, against its budget
npm run size -- my-button.tsx    a component of your own, by the same rules
npm run size -- --help           shows this`

/** @param {string} file */
const given = (file) => ({
  name: basename(file),
  entry: file,
  provided: components.flatMap(({ provided }) => provided),
})

const { words: files } = readArguments(usage, {}, { words: true })
const missing = files.filter((file) => !existsSync(file))
if (missing.length > 0) refuse(`There is no file ${missing.join(', ')}.`, usage)
const asked = files.map(given)
const line = (/** @type {(string | number)[]} */ ...[name, bytes, limit, styles, lazy]) =>
  say(
    `${String(name).padEnd(18)}${String(bytes).padStart(7)}${String(limit).padStart(8)}${String(styles).padStart(7)}  ${lazy}`,
  )

line('component', 'bytes', 'budget', 'css', 'only when wanted')
/** @type {string[]} */
const found = []
for (const component of asked.length > 0 ? asked : components) {
  const measured = await bundle(component)
  const lazy = measured.lazy.map(({ name, bytes }) => `${name} ${bytes}`).join(', ')
  line(component.name, measured.bytes, budget, measured.styleBytes, lazy || 'nothing')
  found.push(...faults(component, measured))
}
for (const fault of found) say(fault)
process.exitCode = found.length > 0 ? 1 : 0
