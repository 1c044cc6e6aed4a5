import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../project.mjs'
import { errorsPage } from './errors'
import { withPropTables } from './props'

/** `npm run docs`: the pages, and the parts of pages, that are generated from the code. */
writeFileSync(join(root, 'docs/errors.md'), errorsPage())
const developer = join(root, 'docs/developer.md')
writeFileSync(developer, withPropTables(readFileSync(developer, 'utf8')))
