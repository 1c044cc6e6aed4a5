// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './project.mjs'

const folders = ['app', 'components', 'lib', 'db', 'public']
const notBuilt = /\.(test|stories|testing)\.tsx?$/

/**
 * Makes the production build unless the last one was made from the same sources.
 *
 * @param {import('./services.mjs').Services} services
 * @param {string} distDir `.next`, or the folder that next.config takes from `NEXT_DIST_DIR`
 * @param {string} host the folder of another app that uses our components; default: the app itself
 * @returns {Promise<boolean>} whether there was anything to do
 */
export async function ensureBuild(services, distDir = '.next', host = '') {
  const stamp = join(root, host, distDir, 'workshop-sources')
  const wanted = sourcesHash(host ? [...folders, host] : folders)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false
  rmSync(stamp, { force: true })
  // What other apps install is served beside the pages.
  if (!host)
    await services.run('registry', ['--import', './scripts/register.mjs', 'scripts/registry/main.ts'], {})
  const args = ['node_modules/next/dist/bin/next', 'build', ...(host ? [host] : [])]
  await services.run(host ? 'build-host' : 'build', args, {
    NEXT_DIST_DIR: distDir,
    SKIP_TYPECHECK: '1',
  })
  mkdirSync(join(root, host, distDir), { recursive: true })
  writeFileSync(stamp, wanted)
  return true
}

/**
 * Of everything that can change the build: the sources, what is at the root, the installed versions.
 *
 * @param {string[]} sources folders
 */
function sourcesHash(sources) {
  const hash = createHash('sha256')
  for (const file of [...rootFiles(), ...sources.flatMap(filesIn)]) {
    hash.update(`${file}\0`)
    hash.update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

function rootFiles() {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(\.env.*|.*\.(ts|mjs|json))$/.test(entry.name))
    .map(({ name }) => name)
    .filter(
      (name) =>
        !/^(next-env\.d\.ts|(vitest|playwright|drizzle)\.config\.ts|knip\.json|biome\.json)$/.test(name),
    )
    .sort()
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesIn(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !notBuilt.test(entry.name))
    .map((entry) => join(entry.parentPath.slice(root.length + 1), entry.name))
    .filter((file) => !/^public[\\/]r[\\/]|(^|[\\/])(\.next[\\/]|next-env\.d\.ts$)/.test(file))
    .sort()
}
