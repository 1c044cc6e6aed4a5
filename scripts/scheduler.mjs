// @ts-check

const routes = ['/api/cron/outbox', '/api/cron/inbox']

/**
 * What the platform's scheduler does in production: calls the cron routes, here every few seconds. A call that fails
 * is left to the next one, as it is there.
 *
 * @param {string} appUrl
 * @param {string} secret `CRON_SECRET`
 * @param {number} [everyMs]
 * @returns {() => void} stops it
 */
export function startScheduler(appUrl, secret, everyMs = 3000) {
  let busy = false
  const timer = setInterval(async () => {
    if (busy) return
    busy = true
    for (const route of routes) await call(appUrl + route, secret)
    busy = false
  }, everyMs)
  return () => clearInterval(timer)
}

/**
 * @param {string} url
 * @param {string} secret
 */
async function call(url, secret) {
  try {
    const headers = { authorization: `Bearer ${secret}` }
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(20_000) })
    await response.body?.cancel()
  } catch {
    // The next round tries again.
  }
}
