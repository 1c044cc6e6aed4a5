import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const FILE = '@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2'

/** The text face, from the package that the shop's own pages take it from. */
export async function fontResponse(): Promise<Response> {
  const file = await readFile(fileURLToPath(import.meta.resolve(FILE)))
  return new Response(new Uint8Array(file), {
    headers: { 'Content-Type': 'font/woff2', 'Cache-Control': 'public, max-age=86400' },
  })
}
