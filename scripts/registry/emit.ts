import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { mentionsIn, needsOf, relativeSpecifier } from './imports'
import { itemsOf, type Resolved, resolveItem, targetOf } from './items'

/** Where the files of the items are kept as hosts get them, for `shadcn build` to read. */
export const emitted = '.cache/registry'

/** A file as a host gets it: every mention of another file of ours made relative, and of a package by the name that the host has it under. */
export function rewritten(root: string, { replacements, aliases }: Resolved, file: string): string {
  const source = replacements.get(file) ?? file
  const text = readFileSync(join(root, source), 'utf8')
  const needs = needsOf(root, source, text)
  const target = targetOf(file)
  const ofFiles = [...needs.files].flatMap(([needed, mentions]) =>
    mentions.map((mention) => ({ ...mention, becomes: relativeSpecifier(target, targetOf(needed)) })),
  )
  const ofPackages = mentionsIn(source, text).flatMap((mention) => {
    const becomes = aliases?.get(mention.specifier)
    return becomes ? [{ ...mention, becomes }] : []
  })
  const changes = [...ofFiles, ...ofPackages].sort((a, b) => b.start - a.start)
  const changed = changes.reduce(
    (sofar, { start, end, becomes }) => sofar.slice(0, start) + becomes + sofar.slice(end),
    text,
  )
  const rule = foreign[file]
  return rule
    ? `/* eslint-disable ${rule} -- a part of Workshop Checkout, linted where it is made */\n${changed}`
    : changed
}

const effects = 'react-hooks/set-state-in-effect'
const unused = '@typescript-eslint/no-unused-vars'

/** What create-next-app's ESLint takes for faults and ours does not: state set in an effect, names that leave a property out. */
const foreign: Record<string, string> = {
  'components/offer-price/use-offer.ts': effects,
  'components/register-button/register-view.tsx': unused,
  'lib/setup/rows.ts': unused,
  'lib/checkout/remote-gateway.ts': unused,
  'lib/contract/openapi/components.ts': unused,
  'lib/telemetry/sentry.ts': unused,
}

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
