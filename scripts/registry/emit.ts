import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { needsOf, relativeSpecifier } from './imports'
import { itemsOf, type Resolved, resolveItem, targetOf } from './items'

/** Where the files of the items are kept as hosts get them, for `shadcn build` to read. */
export const emitted = '.cache/registry'

/** A file as a host gets it: every mention of another file of ours made relative. */
export function rewritten(root: string, { replacements }: Resolved, file: string): string {
  const source = replacements.get(file) ?? file
  const text = readFileSync(join(root, source), 'utf8')
  const needs = needsOf(root, source, text)
  const target = targetOf(file)
  const changes = [...needs.files]
    .flatMap(([needed, mentions]) =>
      mentions.map((mention) => ({ ...mention, becomes: relativeSpecifier(target, targetOf(needed)) })),
    )
    .sort((a, b) => b.start - a.start)
  const changed = changes.reduce(
    (sofar, { start, end, becomes }) => sofar.slice(0, start) + becomes + sofar.slice(end),
    text,
  )
  return /^components\/.*\.tsx?$/.test(file) && changed.includes('useEffect(')
    ? `${header}${changed}`
    : changed
}

/** create-next-app's ESLint takes every state that is set in an effect for a fault. */
const header =
  '/* eslint-disable react-hooks/set-state-in-effect -- a part of Workshop Checkout, linted where it is made */\n'

/** `registry.json` as shadcn defines it. */
export function registryOf(root: string) {
  const items = itemsOf(root).map((item) => resolveItem(root, item))
  return {
    $schema: 'https://ui.shadcn.com/schema/registry.json',
    name: 'workshop-checkout',
    homepage: 'https://github.com/eggheadio/workshop-checkout',
    items: items.map(({ name, title, description, dependencies, devDependencies, envVars, docs, files }) => ({
      name,
      type: 'registry:item',
      title,
      description,
      dependencies,
      ...(devDependencies.length > 0 && { devDependencies }),
      ...(envVars && { envVars }),
      ...(docs && { docs }),
      files: files.map((file) => ({
        path: `${emitted}/${name}/${targetOf(file)}`,
        // A file with a target and no other meaning: installed as it is, without a components.json.
        type: 'registry:file',
        target: targetOf(file),
      })),
    })),
  }
}

/** Writes the files of every item, and `registry.json`, into a folder. */
export function emitRegistry(root: string, into = root): void {
  rmSync(join(into, emitted), { recursive: true, force: true })
  for (const item of itemsOf(root).map((item) => resolveItem(root, item)))
    for (const file of item.files) {
      const path = join(into, emitted, item.name, targetOf(file))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, rewritten(root, item, file))
    }
  writeFileSync(join(into, 'registry.json'), `${JSON.stringify(registryOf(root), null, 2)}\n`)
}
