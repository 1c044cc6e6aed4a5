// @ts-check
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** @typedef {Record<string, string>} Seen by file, its size and when it was written */

const root = process.cwd()
const folder = join(root, 'node_modules', '.cache', 'workshop-checkout')

/**
 * One file with everything that an entry needs. Hundreds of modules would else be looked up and read one by one, which takes seconds
 * at each start. Made again only when a source or the lock file has changed.
 *
 * @param {string} entry absolute path
 * @param {string} name
 * @returns {Promise<string>} the URL to import
 */
export async function bundled(entry, name) {
  const file = join(folder, `${name}.mjs`)
  const list = join(folder, `${name}.json`)
  if (await isFresh(list, entry)) return pathToFileURL(file).href
  try {
    await write(entry, file, list)
    return pathToFileURL(file).href
  } catch (error) {
    if (!READ_ONLY.has(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) throw error
    await import('./register.mjs')
    return pathToFileURL(entry).href
  }
}

/** Where nothing may be written it starts slowly, as it is. */
const READ_ONLY = new Set(['EACCES', 'EPERM', 'EROFS'])

/** @param {string} path */
async function mark(path) {
  const found = await stat(path).catch(() => null)
  return found ? `${found.size} ${found.mtimeMs}` : 'none'
}

/** @param {string[]} paths */
async function lastWritten(paths) {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => null)))
  return Math.max(...found.map((one) => one?.mtimeMs ?? 0))
}

/** @param {string} list @param {string} entry */
async function isFresh(list, entry) {
  /** @type {{ entry: string, seen: Seen } | null} */
  const made = await readFile(list, 'utf8')
    .then(JSON.parse)
    .catch(() => null)
  if (made?.entry !== entry) return false
  const same = await Promise.all(
    Object.entries(made.seen).map(async ([path, was]) => (await mark(path)) === was),
  )
  return same.every(Boolean)
}

/** @param {string} entry @param {string} file @param {string} list */
async function write(entry, file, list) {
  const { build } = await import('esbuild')
  const began = Date.now()
  const { metafile, outputFiles } = await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Errors are told apart by their names.
    keepNames: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
    // What is CommonJS asks for node's own modules by `require`.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
    },
    plugins: [serverOnly],
  })
  const sources = Object.keys(metafile.inputs)
    .filter((path) => !path.includes('node_modules/') && !path.startsWith('server-only:'))
    .map((path) => resolve(root, path))
  const watched = [
    ...sources,
    'package-lock.json',
    'pnpm-lock.yaml',
    'yarn.lock',
    'bun.lock',
    'tsconfig.json',
  ].map((path) => resolve(root, path))
  const seen = Object.fromEntries(await Promise.all(watched.map(async (path) => [path, await mark(path)])))
  await mkdir(folder, { recursive: true })
  // Whoever starts at the same moment finds the one or the other, and never half of it.
  await replace(file, outputFiles[0]?.text ?? '')
  // What was written to while it was read may be in there or not: the next start makes it anew.
  if ((await lastWritten(watched)) >= began) return
  await replace(list, JSON.stringify({ entry, seen: { ...seen, [file]: await mark(file) } }))
}

/** @param {string} path @param {string} text */
async function replace(path, text) {
  const draft = `${path}.${process.pid}`
  await writeFile(draft, text)
  await rename(draft, path)
}

/** It throws everywhere but in Next's server build; a command line is a server too. @type {import('esbuild').Plugin} */
const serverOnly = {
  name: 'server-only',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^server-only$/ }, () => ({ path: 'server-only', namespace: 'server-only' }))
    onLoad({ filter: /.*/, namespace: 'server-only' }, () => ({ contents: '' }))
  },
}
