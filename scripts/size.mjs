// @ts-check
// Behind `npm run size`: what each component costs a browser, and what must never reach one. Fails when a budget is exceeded.
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { root } from './project.mjs'
import { say } from './report.mjs'

const KB = 1000

/** Components by what is theirs to load: everything that is not the host's own. */
const budgets = [
  { name: 'RegisterButton', entry: 'components/register-button/register-button.tsx', bytes: 4 * KB },
  { name: 'OfferPrice', entry: 'components/offer-price/offer-price.tsx', bytes: 4 * KB },
  { name: 'CheckoutStatus', entry: 'components/checkout-status/checkout-status.tsx', bytes: 4 * KB },
]

const hosts = /^(react|react-dom|next|@tanstack\/react-query)(\/|$)/
/** Server modules and what checks a wire: in no browser chunk, not even one that comes when wanted. */
const never = /node_modules\/(zod|stripe|drizzle-orm|mysql2|server-only)\/|\/(db|lib\/(?!contract\/types))/

/** @typedef {import('vite').Rolldown.OutputChunk} Chunk */

/**
 * @param {string} entry
 * @returns {Promise<Chunk[]>} the entry's own chunk first
 */
async function chunksOf(entry) {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@': root } },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      // As a library: what a bundler adds around chunks is the host's.
      lib: { entry: `${root}/${entry}`, formats: ['es'] },
      rolldownOptions: { external: hosts, output: { minify: true } },
    },
  })
  const outputs = Array.isArray(result) ? result : [result]
  const chunks = outputs.flatMap((output) =>
    'output' in output ? output.output.filter((part) => part.type === 'chunk') : [],
  )
  return chunks.sort((left, right) => Number(right.isEntry) - Number(left.isEntry))
}

/**
 * What arrives with the entry: its chunk and everything that it imports at once.
 *
 * @param {Chunk[]} chunks
 */
function atOnce(chunks) {
  const wanted = new Set(chunks.filter(({ isEntry }) => isEntry))
  for (const chunk of wanted)
    for (const name of chunk.imports) {
      const imported = chunks.find(({ fileName }) => fileName === name)
      if (imported) wanted.add(imported)
    }
  return [...wanted]
}

/** @param {Chunk[]} chunks */
const sizeOf = (chunks) => chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)

/** @param {number} bytes */
const kilobytes = (bytes) => `${(bytes / KB).toFixed(2)} kB`

let failed = 0
for (const { name, entry, bytes } of budgets) {
  const chunks = await chunksOf(entry)
  const first = atOnce(chunks)
  const size = sizeOf(first)
  const later = chunks.filter((chunk) => !first.includes(chunk))
  const forbidden = chunks
    .flatMap(({ moduleIds }) => moduleIds)
    .map((id) => id.replace(root, ''))
    .filter((id) => never.test(id))
  const fits = size > 500 && size <= bytes && forbidden.length === 0
  if (!fits) failed++
  say(
    `${name.padEnd(15)} ${kilobytes(size)} of ${kilobytes(bytes)}, when wanted ${kilobytes(sizeOf(later))}${fits ? '' : '  TOO MUCH'}`,
  )
  for (const id of new Set(forbidden)) say(`  must not reach a browser: ${id}`)
}
process.exitCode = failed === 0 ? 0 : 1
