// @ts-check
// Runs before node_modules exists, on whatever Node the machine has (20 or newer): built-ins only.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findMysqlBinaries } from '../sandbox/mysql/binaries.mjs'
import { dockerAnswers } from '../sandbox/mysql/docker.mjs'
import { findChromium } from './chromium.mjs'
import { runLogged, signalGroup } from './processes.mjs'
import { root } from './project.mjs'
import { findPrometheus, prometheusFolder } from './prometheus.mjs'
import { Explained, step } from './report.mjs'

const stamp = join(root, 'node_modules', '.workshop-lock-hash')

/**
 * Installs the npm dependencies unless they are in step with package.json and package-lock.json. The lock file is
 * read and never written: it was made on one platform, and `npm ci` would refuse it on another.
 */
export async function ensureDependencies() {
  const wanted = dependencyHash()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  rmSync(stamp, { force: true })
  await step('Installing dependencies (about a minute)', () =>
    runAside('npm install', 'npm', ['install', '--no-save', '--no-audit', '--no-fund']),
  )
  writeFileSync(stamp, wanted)
}

function dependencyHash() {
  const { dependencies, devDependencies, allowScripts } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  return createHash('sha256')
    .update(JSON.stringify({ dependencies, devDependencies, allowScripts }))
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
}

/**
 * A MariaDB or MySQL to start an own instance of: the installed one, else Debian's. On Debian the package of the
 * bare binaries is enough; the full `mariadb-server` would also set up a service of the machine's. Where nothing may
 * be installed, a Docker engine does as well.
 */
export async function ensureDatabaseServer() {
  if (findMysqlBinaries() || (!aptPrefix() && dockerAnswers())) return
  await ensurePackages('MariaDB', ['mariadb-server-core', 'mariadb-client-core'], ['mariadb-server'])
  if (!findMysqlBinaries())
    throw new Explained('MariaDB was installed, but its server is not where it belongs.')
}

/**
 * Prometheus and its checker of alert rules: the machine's, else Debian's package, which is unpacked and not installed. Installing it would
 * start a service, and listen on the machine's ports.
 */
export async function ensurePrometheus() {
  if (findPrometheus('promtool') && findPrometheus('prometheus')) return
  const refuse = () => {
    throw new Explained(
      'Prometheus is missing and cannot be fetched from here: put `prometheus` and `promtool` on the PATH.',
    )
  }
  if (process.platform !== 'linux' || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    refuse()
  await step('Fetching Prometheus', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'workshop-prometheus-'))
    try {
      const download = () =>
        runAside('apt-get download', 'apt-get', ['download', 'prometheus'], { cwd: folder })
      await download().catch(async () => {
        const sudo = aptPrefix()
        if (!sudo) refuse()
        const [command = '', ...rest] = [...(sudo ?? []), 'apt-get', 'update']
        await runAside('apt-get update', command, rest)
        await download()
      })
      const file = readdirSync(folder).find((name) => name.endsWith('.deb'))
      rmSync(prometheusFolder, { recursive: true, force: true })
      mkdirSync(prometheusFolder, { recursive: true })
      await runAside('dpkg-deb', 'dpkg-deb', ['--extract', join(folder, file ?? ''), prometheusFolder])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
  if (!findPrometheus('prometheus')) refuse()
}

/** A Chromium for the tests in a browser. */
export async function ensureChromium() {
  if (findChromium()) return
  await ensurePackages('Chromium', ['chromium', 'fonts-liberation'])
}

/**
 * @param {string} what
 * @param {string[]} packages
 * @param {string[]} [otherwise] tried when this release has no such packages
 */
async function ensurePackages(what, packages, otherwise) {
  const sudo = aptPrefix()
  if (!sudo) {
    const command = `sudo apt-get install -y --no-install-recommends ${(otherwise ?? packages).join(' ')}`
    throw new Explained(
      `${what} is missing and cannot be installed from here. On Debian or Ubuntu run:\n  ${command}`,
    )
  }
  const apt = (/** @type {string[]} */ ...args) => {
    const [command = '', ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args]
    return runAside(`apt-get ${args[0]}`, command, rest)
  }
  const install = (/** @type {string[]} */ names) => apt('install', '-y', '--no-install-recommends', ...names)
  await step(`Installing ${what}`, async () => {
    // A package list that is empty or old fails the first try; asking for a new one takes longer than trying.
    await install(packages).catch(async () => {
      await apt('update')
      await install(packages).catch((error) => {
        if (!otherwise) throw error
        return install(otherwise)
      })
    })
  })
}

/** What to put before `apt-get` so that it may install; nothing where it may not. */
function aptPrefix() {
  const succeeds = (/** @type {string} */ command, /** @type {string[]} */ ...args) =>
    spawnSync(command, args, { stdio: 'ignore' }).status === 0
  if (process.platform !== 'linux' || !succeeds('apt-get', '--version')) return undefined
  if (process.getuid?.() === 0) return []
  return succeeds('sudo', '-n', 'true') ? ['sudo', '-n'] : undefined
}

/**
 * Runs a command of the set-up quietly; its output is shown only when it fails.
 *
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string }} [options]
 */
async function runAside(title, command, args, options = {}) {
  const logFile = join(tmpdir(), `workshop-setup-${process.pid}.log`)
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let running
  const atExit = () => running?.pid && signalGroup(running.pid, 'SIGTERM')
  process.once('exit', atExit)
  try {
    await runLogged(title, command, args, { ...options, logFile, onSpawn: (child) => (running = child) })
  } finally {
    process.off('exit', atExit)
    rmSync(logFile, { force: true })
  }
}
