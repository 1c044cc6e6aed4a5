import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, extname, join, posix } from 'node:path'
import ts from 'typescript'

/** One mention of another file or package, with where in the text its specifier stands (without the quotes). */
export type Mention = { specifier: string; start: number; end: number }

/** What a file needs: files of the repository (relative to its root) and packages by name. */
export type Needs = { files: Map<string, Mention[]>; packages: Set<string> }

const endings = ['', '.ts', '.tsx', '.mjs', '/index.ts', '/index.tsx']
const notShipped = /\.(test|testing|stories|fixture)\.tsx?$|\/testing\/|\/meta\/\d+_snapshot\.json$/

/** Every import, re-export, `import()` and, in a style sheet, every `composes … from`. */
export function mentionsIn(file: string, text: string): Mention[] {
  if (extname(file) === '.css')
    return [...text.matchAll(/(?:\bfrom|@import)\s+(['"])([^'"]+)\1/g)].map((match) => {
      const [whole, , specifier = ''] = match
      const start = match.index + whole.lastIndexOf(specifier)
      return { specifier, start, end: start + specifier.length }
    })
  if (!/\.(tsx?|mjs)$/.test(file)) return []
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => {
    const start = text.indexOf(fileName, pos)
    return { specifier: fileName, start, end: start + fileName.length }
  })
}

/** The folders that a file opens by `new URL('./folder/', import.meta.url)`: all that is shipped of them. */
function foldersOpenedBy(root: string, file: string, text: string): string[] {
  return [...text.matchAll(/new URL\(\s*'(\.[^']*\/)',\s*import\.meta\.url/g)].flatMap(([, folder = '']) => {
    const opened = posix.join(posix.dirname(file), folder)
    return readdirSync(join(root, opened), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => posix.join(entry.parentPath.slice(root.length + 1), entry.name))
      .filter((found) => !notShipped.test(found))
  })
}

/**
 * Reads what a file needs.
 *
 * @throws Error naming the file, where something that it mentions is not there
 */
export function needsOf(root: string, file: string, text: string): Needs {
  const needs: Needs = { files: new Map(), packages: new Set() }
  for (const found of foldersOpenedBy(root, file, text)) needs.files.set(found, [])
  for (const mention of mentionsIn(file, text)) {
    const { specifier } = mention
    if (specifier.startsWith('node:') || builtinModules.includes(specifier)) continue
    const path = specifier.startsWith('@/')
      ? specifier.slice(2)
      : specifier.startsWith('.')
        ? posix.join(posix.dirname(file), specifier)
        : undefined
    if (path === undefined) {
      needs.packages.add(packageOf(specifier))
      continue
    }
    const found = endings.map((ending) => path + ending).find((candidate) => isFile(join(root, candidate)))
    if (!found) throw new Error(`${file} imports ${specifier}, which is not there`)
    needs.files.set(found, [...(needs.files.get(found) ?? []), mention])
  }
  return needs
}

const isFile = (path: string) => existsSync(path) && statSync(path).isFile()

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

export type Closure = { files: string[]; packages: string[] }

/**
 * All files that some files lead to, and the packages that any of them needs. `replacements` says which file stands in
 * for which: what the replaced one needs is then left out.
 */
export function closureOf(
  root: string,
  entries: readonly string[],
  replacements: ReadonlyMap<string, string> = new Map(),
): Closure {
  const files = new Set<string>()
  const packages = new Set<string>()
  const waiting = [...entries]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue
    if (notShipped.test(file)) throw new Error(`${file} belongs to the tests, and something shipped needs it`)
    files.add(file)
    const source = replacements.get(file) ?? file
    const needs = needsOf(root, source, readFileSync(join(root, source), 'utf8'))
    waiting.push(...needs.files.keys())
    for (const name of needs.packages) packages.add(name)
  }
  return { files: [...files].sort(), packages: [...packages].sort() }
}

/** The specifier by which one file of a host reaches another: relative, so that it holds under any alias. */
export function relativeSpecifier(from: string, to: string): string {
  const path = posix.relative(dirname(from), to)
  const bare = /\.(css|json|mjs)$/.test(path) ? path : path.replace(/\.tsx?$/, '').replace(/\/index$/, '')
  return bare.startsWith('.') ? bare : `./${bare}`
}
