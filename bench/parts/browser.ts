import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test'
import type { Shop } from '../../sandbox/testing/shop'
import { bundle, components } from '../../scripts/browser-bundle.mjs'
import { chromiumLaunchOptions } from '../../scripts/chromium.mjs'
import { ms, quantiles } from '../quantiles'
import { hold, say, table } from '../report'
import { type Bench, withShop } from '../shop'
import { plainPage } from './plain-page'
import { widgetBytes } from './widget'

/** A middling phone on a slow mobile network, as Lighthouse has it. */
const PHONE = { width: 412, height: 823 }
const CPU_TIMES_SLOWER = 4
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (750 * 1024) / 8,
}

/** What Google calls good: https://web.dev/articles/vitals */
const GOOD = { lcp: 2500, inp: 200 }

/** The workshop page as a phone meets it: bytes, largest paint, when the button is alive, and how soon it reacts. */
export async function browser(bench: Bench): Promise<void> {
  await sizes(bench)
  await withShop(bench, async (shop) => {
    const started = await chromium.launch(chromiumLaunchOptions())
    try {
      await vitals(started, shop, bench)
    } finally {
      await started.close()
    }
  })
}

async function sizes({ quick }: Bench): Promise<void> {
  const rows: (string | number)[][] = []
  for (const component of components) {
    const { bytes, styleBytes, lazy } = await bundle(component)
    rows.push([
      component.name,
      bytes,
      styleBytes,
      lazy.map(({ name, bytes }) => `${name} ${bytes}`).join(', '),
    ])
  }
  // Its packages have to be fetched first.
  if (!quick) rows.push(["Course Builder's pricing widget", await widgetBytes(), 0, ''])
  say('What each component adds to a page: bytes, minified and gzipped')
  table(['', 'script', 'styles', 'only when wanted'], rows)
}

type Noted = {
  /** Milliseconds from the start of the navigation: the largest paint, and when the button answers by itself. */
  lcp: number
  alive: number
  /** Milliseconds from the press to the paint that shows it; shorter than 16 is not told. */
  inp: number
}
/** Bytes on the wire. */
type Weighed = { scripts: number; all: number }
type Visit = Weighed & Noted

declare global {
  interface Window {
    noted: Noted
  }
}

async function vitals(started: Browser, shop: Shop, { quick }: Bench): Promise<void> {
  const plain = await plainPage(shop, 'claude-code')
  const pages = {
    'workshop page': `${shop.url}/workshop/claude-code`,
    'the same, with a bare link': plain.url,
  }
  const visits: Record<string, Visit[]> = {}
  try {
    for (let run = 0; run < (quick ? 1 : 7); run++)
      for (const [name, url] of Object.entries(pages))
        visits[name] = [...(visits[name] ?? []), await visit(started, url)]
  } finally {
    await plain.close()
  }
  say(`In a browser ${CPU_TIMES_SLOWER} times slower than this machine's, over slow 4G: medians`)
  const middle = (name: string, of: keyof Visit) => quantiles((visits[name] ?? []).map((one) => one[of])).p50
  const head = ['', 'KB of script', 'KB in all', 'largest paint in ms', 'button alive', 'reacts within']
  const rows = Object.keys(pages).map((name) => {
    const kilobytes = (of: 'scripts' | 'all') => Math.round(middle(name, of) / 102.4) / 10
    const times = (['lcp', 'alive', 'inp'] as const).map((of) => ms(middle(name, of)))
    return [name, kilobytes('scripts'), kilobytes('all'), ...times]
  })
  table(head, rows)
  hold(
    'workshop page: largest contentful paint in ms',
    middle('workshop page', 'lcp'),
    { most: GOOD.lcp },
    'time',
  )
  hold(
    'workshop page: interaction to next paint in ms',
    middle('workshop page', 'inp'),
    { most: GOOD.inp },
    'time',
  )
}

/** What the page notes of itself, from its first moment. */
function note(): void {
  const noted = { lcp: 0, alive: 0, inp: 0 }
  window.noted = noted
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) noted.lcp = startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  const events: PerformanceObserverInit & { durationThreshold: number } = {
    type: 'event',
    buffered: true,
    durationThreshold: 16,
  }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) noted.inp = Math.max(noted.inp, duration)
  }).observe(events)
  const timer = setInterval(() => {
    const form = document.querySelector('[data-slot=register]')
    // React leaves a mark on what it has taken over.
    if (!form || !Object.keys(form).some((key) => key.startsWith('__reactProps'))) return
    noted.alive = performance.now()
    clearInterval(timer)
  }, 5)
}

async function visit(started: Browser, url: string): Promise<Visit> {
  const context = await started.newContext({
    viewport: PHONE,
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  })
  try {
    const page = await context.newPage()
    const weighed = weigh(await throttled(page))
    await page.addInitScript(note)
    await page.goto(url, { waitUntil: 'networkidle' })
    // Nothing of the answer is measured but how soon the page shows that it was pressed.
    await page.route('**/api/workshop/checkout', () => undefined)
    const button = page.locator('[data-slot=register] button, a[data-register]').first()
    await button.evaluate((element) => {
      if (element instanceof HTMLAnchorElement) element.href = '#'
    })
    const bytes = { ...weighed }
    await button.click()
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1000)))
    return { ...bytes, ...(await page.evaluate(() => window.noted)) }
  } finally {
    await context.close()
  }
}

async function throttled(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', SLOW_4G)
  await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_TIMES_SLOWER })
  return session
}

/** Bytes on the wire so far, headers included. */
function weigh(session: CDPSession): Weighed {
  const weighed = { scripts: 0, all: 0 }
  const scripts = new Set<string>()
  session.on(
    'Network.responseReceived',
    ({ requestId, type }) => void (type === 'Script' && scripts.add(requestId)),
  )
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    weighed.all += encodedDataLength
    if (scripts.has(requestId)) weighed.scripts += encodedDataLength
  })
  return weighed
}
