/** A body's bytes as they come. Not every app's TypeScript knows that a web stream can be iterated; every server's Node does it. */
export async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  if (!reader) return
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    // Whoever stops in the middle wants no more of it.
    reader.cancel().catch(() => undefined)
  }
}
