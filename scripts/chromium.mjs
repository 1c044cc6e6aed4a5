// @ts-check
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'

/**
 * The one place that says which browser is used and how, for Playwright and for Vitest's browser mode:
 * `PLAYWRIGHT_CHROMIUM_PATH`, else Playwright's own where it was downloaded, else the system's.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  const named = process.env.PLAYWRIGHT_CHROMIUM_PATH
  if (named) return named
  return [playwrightsOwn(), '/usr/bin/chromium'].find((file) => file !== undefined && existsSync(file))
}

function playwrightsOwn() {
  try {
    return createRequire(import.meta.url)('playwright').chromium.executablePath()
  } catch {
    return undefined
  }
}

/** Launch options that are the same everywhere; without a browser found, Playwright says what it misses. */
export function chromiumLaunchOptions() {
  const executablePath = findChromium()
  return {
    ...(executablePath && { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  }
}
