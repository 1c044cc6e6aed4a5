import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'vite'
import { installed } from './install'

/** What a page has anyway, and therefore weighs nothing. */
const PROVIDED = /^(react|react-dom|next|next-auth)(\/|$)/

/** A file within a package that is left empty is empty too. */
const leftOut: Plugin = {
  name: 'left-out',
  enforce: 'pre',
  async resolveId(id, importer) {
    if (PROVIDED.test(id)) return null
    const found = await this.resolve(id, importer, { skipSelf: true })
    return found ?? '\0left-out'
  },
  load: (id) => (id === '\0left-out' ? 'export default {}' : null),
}

/**
 * Bytes of script, minified and gzipped, that Course Builder's pricing widget adds to a page, by the rules by which our components are
 * measured. Its published packages as they are, but for what only other parts of them use (editors, video, collaboration), which is
 * left empty: in an application it is more.
 */
export async function widgetBytes(): Promise<number> {
  const root = await installed('coursebuilder-widget')
  const result = await build({
    configFile: false,
    root,
    logLevel: 'silent',
    mode: 'production',
    plugins: [leftOut],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      lib: { entry: 'widget.js', formats: ['es'] },
      rolldownOptions: {
        external: (id) => PROVIDED.test(id),
        shimMissingExports: true,
        output: { minify: true },
      },
    },
  })
  if ('on' in result) throw new Error('The build goes on watching.')
  const chunks = [result].flat().flatMap(({ output }) => output.filter(({ type }) => type === 'chunk'))
  return chunks.reduce(
    (sum, chunk) => sum + (chunk.type === 'chunk' ? gzipSync(chunk.code, { level: 9 }).length : 0),
    0,
  )
}
