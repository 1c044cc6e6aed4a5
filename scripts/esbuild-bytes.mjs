// @ts-check
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './project.mjs'

/**
 * A component as the plainest of bundlers makes it, for browsers older than ours: whoever weighs it without our help
 * does so like this, and finds a little more than an application's bundler does.
 *
 * @param {{ entry: string, provided: string[] }} component `entry` is relative to the project's root
 * @returns {Promise<number>} bytes of script that are loaded with the page, minified and gzipped
 */
export async function esbuildBytes({ entry, provided }) {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    external: provided.flatMap((name) => [name, `${name}/*`]),
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    target: 'es2020',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir: '.cache/size',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  const { outputs } = metafile
  const isOurs = (/** @type {string | undefined} */ path) =>
    path && resolve(root, path) === resolve(root, entry)
  const first = Object.keys(outputs).filter(
    (path) => path.endsWith('.js') && isOurs(outputs[path]?.entryPoint),
  )
  // What is added to the list while it is walked through is walked through too.
  const loaded = new Set(first)
  for (const path of loaded)
    for (const { path: next, kind, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !external) loaded.add(next)
  return outputFiles
    .filter(({ path }) => [...loaded].some((name) => resolve(root, name) === path))
    .reduce((total, { contents }) => total + gzipSync(contents).length, 0)
}
