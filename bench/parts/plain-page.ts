import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Shop } from '../../sandbox/testing/shop'

/**
 * The workshop page with nothing but a link to Stripe where the button is, and no script at all: what any other way to sell adds its
 * weight to. Its style sheets and fonts are the product's own.
 */
export async function plainPage(shop: Shop, slug: string): Promise<{ url: string; close(): Promise<void> }> {
  const html = withoutScripts(await (await fetch(`${shop.url}/workshop/${slug}`)).text())
  const server = createServer(async (request, response) => {
    if (request.url === '/')
      return send(response, { 'Content-Type': 'text/html; charset=utf-8' }, Buffer.from(html))
    const asset = await fetch(`${shop.url}${request.url}`)
    const type = asset.headers.get('content-type') ?? 'application/octet-stream'
    return send(response, { 'Content-Type': type }, Buffer.from(await asset.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

type Answer = {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: Buffer): unknown
}

/** Compressed as Next compresses: fonts are so already. */
function send(response: Answer, headers: Record<string, string>, body: Buffer): void {
  const isText = /text|javascript|json|svg/.test(headers['Content-Type'] ?? '')
  response.writeHead(200, { ...headers, ...(isText && { 'Content-Encoding': 'gzip' }) })
  response.end(isText ? gzipSync(body) : body)
}

function withoutScripts(html: string): string {
  const link = '<a data-register href="https://buy.stripe.com/test">Register</a>'
  const plain = html
    .replaceAll(/<script\b[^>]*>.*?<\/script>/gs, '')
    .replaceAll(/<link\b[^>]*\bas="script"[^>]*>/g, '')
    .replace(/<form\b[^>]*data-slot="register"[^>]*>.*?<\/form>/s, link)
  if (!plain.includes(link)) throw new Error('the page has no button that a link could take the place of')
  return plain
}
