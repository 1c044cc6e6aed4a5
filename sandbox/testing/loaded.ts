import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root, testBuild } from '@/scripts/project.mjs'

const server = join(root, testBuild, 'server')

/** What a route loads before it answers its first request: the chunks that its entry names, as paths, with their bytes. */
export function chunksOf(entry: string): Map<string, number> {
  const text = readFileSync(join(server, 'app', `${entry}.js`), 'utf8')
  const names = [...text.matchAll(/R\.c\("server\/([^"]+)"\)/g)].map(([, name = '']) => name)
  if (names.length === 0) throw new Error(`${entry}: the build names no chunks as it did before`)
  return new Map(names.map((name) => [join(server, name), statSync(join(server, name)).size]))
}

/** The npm packages whose code is in these files: of a chunk of our build by its source map, of another file by its path. */
export function packagesIn(files: Iterable<string>): Set<string> {
  const packages = new Set<string>()
  for (const file of files) {
    for (const source of sourcesOf(file)) {
      const name = packageOf(source)
      if (name) packages.add(name)
    }
  }
  return packages
}

/** Our own modules in these chunks, from the root: `lib/checkout/create.ts`. */
export function modulesIn(files: Iterable<string>): Set<string> {
  const modules = new Set<string>()
  for (const file of files) {
    for (const source of sourcesOf(file)) {
      const own = /^(?:\.\.\/)+((?:app|components|db|lib|ops|sandbox)\/.+)$/.exec(source)?.[1]
      if (own) modules.add(own)
    }
  }
  return modules
}

type SourceMap = { sources?: string[]; sections?: { map: SourceMap }[] }

const known = new Map<string, string[]>()

function sourcesOf(file: string): string[] {
  const found = known.get(file) ?? readSources(file)
  known.set(file, found)
  return found
}

function readSources(file: string): string[] {
  if (relative(server, file).startsWith('..') || !file.includes('/chunks/')) return [file]
  // Turbopack's own runtime and the smallest chunks have none.
  if (!existsSync(`${file}.map`)) return []
  const map: SourceMap = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
  const maps = map.sections ? map.sections.map((section) => section.map) : [map]
  return maps.flatMap(({ sources = [] }) => sources.map(decodeURIComponent))
}

/** `@scope/name` or `name` of the innermost node_modules in a path. */
const packageOf = (path: string): string | undefined => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
