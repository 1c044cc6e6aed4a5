// @ts-check
// What `npm run screenshots -- --docs` does with every story: one picture a component, for docs/designer.md.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './project.mjs'

/** @typedef {import('playwright').Page} Page */
/** @typedef {{ id: string, title: string, name: string }} Story */

const target = join(root, 'docs/images/states')

/** @type {Map<string, { names: string[], picture: string }[]>} by component: each look once, with the states that have it */
const looks = new Map()

/**
 * Takes the story as it stands, no larger than what it shows.
 *
 * @param {Page} page
 * @param {Story} story
 */
export async function photographForDocs(page, { title, name }) {
  await page.setViewportSize({ width: 360, height: 640 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  const clip = await page.evaluate(() => {
    const dialog = document.querySelector('[role=dialog]')
    const shown = dialog ?? document.querySelector('#storybook-root > div') ?? document.body
    const { left, top, width, height } = shown.getBoundingClientRect()
    const around = dialog ? 0 : 8
    return { x: left - around, y: top - around, width: width + 2 * around, height: height + 2 * around }
  })
  const picture = (await page.screenshot({ clip, fullPage: true, caret: 'hide' })).toString('base64')
  const known = looks.get(title) ?? []
  looks.set(title, known)
  const same = known.find((look) => look.picture === picture)
  if (same) same.names.push(name)
  else known.push({ names: [name], picture })
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/**
 * Writes the sheets, in the order of the stories, and says where they are.
 *
 * @param {Page} page
 * @param {Story[]} stories
 */
export async function writeStateSheets(page, stories) {
  mkdirSync(target, { recursive: true })
  await page.setViewportSize({ width: 960, height: 600 })
  const files = []
  for (const [component, states] of looks) {
    const order = stories.filter(({ title }) => title === component).map(({ name }) => name)
    const first = (/** @type {{ names: string[] }} */ { names }) =>
      Math.min(...names.map((name) => order.indexOf(name)))
    const cells = states
      .sort((one, other) => first(one) - first(other))
      .map(({ names, picture }) => {
        const [name = '', ...others] = [...names].sort(
          (one, other) => order.indexOf(one) - order.indexOf(other),
        )
        const more = others.length > 0 ? ` <small>and ${others.length} more</small>` : ''
        return `<figure><img src="data:image/png;base64,${picture}"><figcaption>${escaped(name)}${more}</figcaption></figure>`
      })
    await page.setContent(`<!doctype html><style>
      body { margin: 0; padding: 16px; columns: 4; column-gap: 16px; background: #e4e0d8; font: 13px/1.4 system-ui, sans-serif; color: #1d1a16 }
      figure { break-inside: avoid; margin: 0 0 18px }
      img { display: block; inline-size: 100%; border-radius: 3px }
      figcaption { margin-block-start: 5px }
      small { color: #665f55 }</style>${cells.join('')}`)
    const file = join(target, `${component.toLowerCase()}.png`)
    await page.screenshot({ path: file, fullPage: true })
    files.push(file)
  }
  return files
}
