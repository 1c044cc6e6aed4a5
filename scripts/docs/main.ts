import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments } from '../arguments.mjs'
import { root } from '../project.mjs'
import { errorsPage } from './errors'
import { withPropTables } from './props'

readArguments('npm run docs    renews docs/errors.md and the props tables of docs/developer.md from the code')

/** `npm run docs`: the pages, and the parts of pages, that are generated from the code. */
writeFileSync(join(root, 'docs/errors.md'), errorsPage())
const developer = join(root, 'docs/developer.md')
writeFileSync(developer, withPropTables(readFileSync(developer, 'utf8')))
