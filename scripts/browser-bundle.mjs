// @ts-check
import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { esbuildBytes } from './esbuild-bytes.mjs'
import { root } from './project.mjs'

/**
 * A component, measured as a page would load it.
 *
 * @typedef {object} Component
 * @property {string} name
 * @property {string} entry path of the file that exports it
 * @property {string[]} provided the packages that a page has anyway, which therefore weigh nothing
 */

/**
 * @typedef {object} Bundle
 * @property {number} bytes the script that is loaded with the page, minified and gzipped: of two bundlers', the larger
 * @property {number} styleBytes all of its style sheets, likewise
 * @property {{ name: string, bytes: number }[]} lazy what is loaded once it is wanted, each with all that it needs
 * @property {string[]} modules files in the script that is loaded with the page
 * @property {string[]} lazyModules files in what is loaded later
 */

/** @typedef {import('vite').Rolldown.OutputChunk} Chunk */

/** Bytes of script that a component may add to a page before a visitor wants more of it. */
export const budget = 4_000

const react = ['react', 'react-dom', 'next']
const withQuery = [...react, '@tanstack/react-query']

/** @type {Component[]} */
export const components = [
  // The button is to need nothing but React: there, react-query would count.
  { name: 'RegisterButton', entry: 'components/register-button/register-button.tsx', provided: react },
  { name: 'OfferPrice', entry: 'components/offer-price/offer-price.tsx', provided: withQuery },
  { name: 'CheckoutStatus', entry: 'components/checkout-status/checkout-status.tsx', provided: withQuery },
]

/**
 * Files that no browser may get, early or late. The types of lib/contract leave no trace in a script, so that
 * whatever is seen here of lib is code.
 */
const forbidden =
  /^(app|bench|db|e2e|lib|ops|sandbox|scripts)\/|^node_modules\/(zod|stripe|drizzle-orm|mysql2|server-only)\//

/** Files that a browser may get once they are wanted, and not before. */
const lazyOnly = /^node_modules\/(@stripe\/stripe-js|@radix-ui\/[^/]+)\//

/**
 * What there is to complain about: nothing, or a sentence for each fault.
 *
 * @param {Component} component
 * @param {Bundle} bundle
 * @returns {string[]}
 */
export function faults({ name }, { bytes, modules, lazyModules }) {
  const all = [...modules, ...lazyModules]
  return [
    ...(bytes > budget ? [`${name} loads ${bytes} bytes, ${bytes - budget} more than its ${budget}.`] : []),
    ...all.filter((file) => forbidden.test(file)).map((file) => `${name} sends ${file} to the browser.`),
    ...modules
      .filter((file) => lazyOnly.test(file))
      .map((file) => `${name} loads ${file} before it is wanted.`),
  ]
}

/**
 * Builds a component as an application's bundler would, in memory.
 *
 * @param {Pick<Component, 'entry' | 'provided'>} component `entry` is relative to the project's root
 * @returns {Promise<Bundle>}
 */
export async function bundle({ entry, provided }) {
  const outputs = await buildForBrowsers(entry, provided)
  const chunks = outputs.filter((output) => output.type === 'chunk')
  const styles = outputs.filter((output) => output.type === 'asset' && output.fileName.endsWith('.css'))
  const first = chunks.filter(({ isEntry }) => isEntry).flatMap((chunk) => withImports(chunk, chunks))
  const later = chunks.filter((chunk) => !first.includes(chunk))
  return {
    bytes: Math.max(sum(first.map(scriptBytes)), await esbuildBytes({ entry, provided })),
    styleBytes: sum(styles.map((style) => (style.type === 'asset' ? gzipped(style.source) : 0))),
    lazy: later
      .filter(({ isDynamicEntry }) => isDynamicEntry)
      .map((chunk) => ({
        name: chunk.name,
        bytes: sum(withImports(chunk, later).map(scriptBytes)),
      })),
    modules: first.flatMap(files),
    lazyModules: later.flatMap(files),
  }
}

/**
 * @param {string} entry
 * @param {string[]} provided
 */
async function buildForBrowsers(entry, provided) {
  const result = await build({
    configFile: false,
    root,
    logLevel: 'silent',
    mode: 'production',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { alias: { '@': root } },
    // Whatever NODE_ENV says here: what is measured is what buyers get.
    oxc: { jsx: { runtime: 'automatic', development: false } },
    build: {
      write: false,
      lib: { entry, formats: ['es'] },
      rolldownOptions: {
        external: (id) => provided.some((name) => id === name || id.startsWith(`${name}/`)),
        // As in an application: what is shared with a lazy chunk stays with the one that is loaded first.
        preserveEntrySignatures: 'allow-extension',
        output: { minify: true },
      },
    },
  })
  if ('on' in result) throw new Error('The build goes on watching.')
  return [result].flat().flatMap(({ output }) => output)
}

/**
 * A chunk, and every chunk that it imports before it runs.
 *
 * @param {Chunk} chunk
 * @param {Chunk[]} among
 * @param {Set<Chunk>} [seen]
 * @returns {Chunk[]}
 */
function withImports(chunk, among, seen = new Set()) {
  seen.add(chunk)
  for (const next of among)
    if (chunk.imports.includes(next.fileName) && !seen.has(next)) withImports(next, among, seen)
  return [...seen]
}

/** @param {Chunk} chunk */
const files = (chunk) =>
  Object.keys(chunk.modules)
    .filter((id) => !id.startsWith('\0'))
    .map((id) => relative(root, id))

/** @param {Chunk} chunk */
// A bundler reads these hints and drops them; an application's own last step would leave none.
const scriptBytes = ({ code }) => gzipped(code.replaceAll(/\/\* @__PURE__ \*\/ ?/g, ''))

/** @param {string | Uint8Array} content */
const gzipped = (content) => gzipSync(content, { level: 9 }).length

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0)
