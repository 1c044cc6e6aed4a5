// @ts-check
import { parseArgs } from 'node:util'

/** @typedef {NonNullable<import('node:util').ParseArgsConfig['options']>} Options */

/**
 * What a command was called with. `--help` says how it is used; what it does not know ends it with 2, before anything is done.
 *
 * @template {Options} [T={}]
 * @param {string} usage
 * @param {T} [options]
 * @param {{ words?: boolean }} [more] `words`: it takes more than options
 */
export function readArguments(usage, options, { words = false } = {}) {
  const { values, positionals } = parse(usage, options, words)
  if ('help' in values) {
    console.log(usage)
    process.exit(0)
  }
  return { values, words: /** @type {string[]} */ (positionals) }
}

/**
 * @template {Options} T
 * @param {string} usage
 * @param {T | undefined} options
 * @param {boolean} words
 */
function parse(usage, options, words) {
  try {
    const all = /** @type {T & { help: { type: 'boolean' } }} */ ({ ...options, help: { type: 'boolean' } })
    return parseArgs({ options: all, allowPositionals: words })
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), usage)
  }
}

/**
 * Ends a command that was called in a way that it can't be carried out.
 *
 * @param {string} why
 * @param {string} usage
 * @returns {never}
 */
export function refuse(why, usage) {
  console.error(`${why}\n\n${usage}`)
  process.exit(2)
}
