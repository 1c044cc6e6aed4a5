// @ts-check
// Behind `npm run screenshots`: every story at three widths, light and dark, and one page with all of them.
// `--docs` instead renews the pictures of docs/designer.md, one a component.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { readArguments } from './arguments.mjs'
import { chromiumLaunchOptions } from './chromium.mjs'
import { contactSheet } from './contact-sheet.mjs'
import { runLogged, stopGroup } from './processes.mjs'
import { nodeBinary, root } from './project.mjs'
import { Explained, explain, say, seconds, step } from './report.mjs'
import { photographForDocs, writeStateSheets } from './state-sheets.mjs'
import { serveFolder } from './static-server.mjs'
import { onStop } from './stop-signals.mjs'

/** @typedef {{ id: string, title: string, name: string, type: string }} Story */
/** @typedef {import('playwright').Page} Page */

const usage = `npm run screenshots                  every story at three widths, light and dark
npm run screenshots -- dialog …      only those whose name holds one of these words
npm run screenshots -- --docs        renews the pictures of docs/designer.md
npm run screenshots -- --help        shows this`

const widths = [320, 768, 1280]
const schemes = /** @type {const} */ (['light', 'dark'])
const storybook = join(root, '.cache', 'storybook')
const target = join(root, '.cache', 'screenshots')

/** @type {(() => unknown)[]} what to undo, last first */
const cleanups = []

async function cleanUp() {
  for (const undo of cleanups.splice(0).reverse()) await undo()
}

function build() {
  const storybookBinary = 'node_modules/storybook/dist/bin/dispatcher.js'
  const args = [storybookBinary, 'build', '--quiet', '--disable-telemetry', '-o', storybook]
  return runLogged('Building Storybook', nodeBinary(), args, {
    env: { STORYBOOK_DISABLE_TELEMETRY: '1' },
    logFile: join(root, '.cache', 'storybook-build.log'),
    onSpawn: (child) => cleanups.push(() => stopGroup(child)),
  })
}

/**
 * The stories whose id holds one of the words that were given, or all.
 *
 * @param {string[]} wanted
 * @returns {Story[]}
 */
function storiesIn(wanted) {
  /** @type {{ entries: Record<string, Story> }} */
  const { entries } = JSON.parse(readFileSync(join(storybook, 'index.json'), 'utf8'))
  const stories = Object.values(entries).filter(({ type }) => type === 'story')
  const found =
    wanted.length === 0 ? stories : stories.filter(({ id }) => wanted.some((word) => id.includes(word)))
  if (found.length > 0) return found
  throw new Explained(
    `No story has ${wanted.map((word) => `"${word}"`).join(' or ')} in its name. They are called like ${stories[0]?.id}.`,
  )
}

/**
 * Opens a story and waits until what it does has come to its end. Says what went wrong with it, if anything.
 *
 * @param {Page} page
 * @param {string} address
 * @returns {Promise<string | undefined>}
 */
async function open(page, address) {
  await page.goto(address)
  // Storybook marks the body, and keeps what the story is doing in the preview's own record.
  const phase = await page.waitForFunction(
    () => {
      const { __STORYBOOK_PREVIEW__: preview } = /** @type {any} */ (window)
      const now = preview?.currentRender?.phase
      return ['finished', 'errored', 'aborted'].includes(now) && now
    },
    undefined,
    { timeout: 90_000 },
  )
  await page.evaluate(() => document.fonts.ready)
  const now = await phase.jsonValue()
  return now === 'finished' ? undefined : String(now)
}

/**
 * @param {Page} page
 * @param {Story} story
 */
async function photograph(page, { id }) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 640 })
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.evaluate((value) => {
        document.documentElement.style.colorScheme = value
      }, scheme)
      await page.screenshot({ path: join(target, `${width}-${scheme}`, `${id}.png`), fullPage: true })
    }
  }
}

/**
 * Takes the pictures, two stories at a time.
 *
 * @param {import('playwright').Browser} browser
 * @param {Story[]} stories
 * @param {string} url
 * @param {(page: Page, story: Story) => Promise<void>} take
 * @returns {Promise<string[]>} what went wrong
 */
async function takeAll(browser, stories, url, take) {
  /** @type {string[]} */
  const problems = []
  const left = [...stories]
  let taken = 0
  const work = async () => {
    const context = await browser.newContext({ timezoneId: 'Europe/Paris', locale: 'en-GB' })
    const page = await context.newPage()
    for (let story = left.shift(); story; story = left.shift()) {
      const started = Date.now()
      const problem = await open(page, `${url}/iframe.html?id=${story.id}&viewMode=story`).catch(explain)
      if (problem) problems.push(`${story.id}: ${problem}`)
      await take(page, story)
      const done = `${++taken}/${stories.length}`.padStart(7)
      say(`${done} ${story.id} ${problem ? 'FAILED, ' : ''}${seconds(Date.now() - started)}`)
    }
    await context.close()
  }
  await Promise.all([work(), work()])
  return problems
}

/**
 * @param {import('playwright').Browser} browser
 * @param {Story[]} stories
 * @param {string} url
 */
async function takeForReview(browser, stories, url) {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  const problems = await takeAll(browser, stories, url, photograph)
  const folders = schemes.flatMap((scheme) => widths.map((width) => `${width}-${scheme}`))
  const sheet = join(target, 'index.html')
  writeFileSync(sheet, contactSheet(stories, folders))
  return { problems, written: [sheet] }
}

/**
 * @param {import('playwright').Browser} browser
 * @param {Story[]} stories
 * @param {string} url
 */
async function takeForDocs(browser, stories, url) {
  const problems = await takeAll(browser, stories, url, photographForDocs)
  return { problems, written: await writeStateSheets(await browser.newPage(), stories) }
}

async function main() {
  const started = Date.now()
  const { values, words } = readArguments(usage, { docs: { type: 'boolean' } }, { words: true })
  await step('Building Storybook', build)
  const stories = storiesIn(values.docs ? [] : words)
  const server = await serveFolder(storybook)
  cleanups.push(() => server.close())
  const browser = await chromium.launch(chromiumLaunchOptions())
  cleanups.push(() => browser.close())
  const takeThem = values.docs ? takeForDocs : takeForReview
  const { problems, written } = await takeThem(browser, stories, server.url)
  for (const problem of problems) say(`\n${problem}`)
  say(`\n${stories.length} stories in ${seconds(Date.now() - started)}:`)
  for (const file of written) say(file)
  return problems.length
}

onStop(
  async () => {
    await cleanUp()
    process.exit(1)
  },
  () => process.exit(1),
)

try {
  process.exitCode = (await main()) === 0 ? 0 : 1
} catch (error) {
  say(explain(error))
  process.exitCode = 1
} finally {
  await cleanUp()
}
