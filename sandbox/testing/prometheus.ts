/** Samples of a scrape by series, written as the server wrote it: `name{label="value"}`. */
export type Samples = Map<string, number>

/** Reads Prometheus text. @throws where a line is neither a comment nor a sample */
export function samplesOf(text: string): Samples {
  const samples: Samples = new Map()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const match = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)$/.exec(line)
    if (!match?.[1]) throw new Error(`This is no sample: ${line}`)
    samples.set(match[1], Number(match[2]))
  }
  return samples
}
