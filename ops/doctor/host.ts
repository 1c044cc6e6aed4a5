import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, fine, warning } from './check'

const CONFIGS = ['next.config.ts', 'next.config.mts', 'next.config.mjs', 'next.config.js']

/** What create-next-app writes for Tailwind: a rule that matches CSS Modules too, and makes plain style sheets of them. */
const RULE = /(["'])(?:\*\*\/)?\*\.css\1\s*:/

/** Whether the app that we are installed in lets our style sheets be what they are. @param folder where its next.config is */
export function checkHost(folder: string): Check {
  const config = CONFIGS.find((name) => existsSync(join(folder, name)))
  if (!config || !RULE.test(readFileSync(join(folder, config), 'utf8')))
    return fine('styles', 'CSS Modules are left to Next')
  return warning(
    'styles',
    `the rule for "*.css" in ${config} makes plain style sheets of CSS Modules: the components have no looks`,
    'Name the rule "globals.css", the one file that Tailwind has to read.',
  )
}
