import type { EmailDocument, Inline, Section } from './document'

const WIDTH = 72

const inline = (parts: Inline[]): string =>
  parts
    .map((part) => {
      if (typeof part === 'string') return part
      return part.href && part.href !== part.text ? `${part.text}: ${part.href}` : part.text
    })
    .join('')

/** Breaks at spaces alone: an address is never cut. */
function wrap(text: string): string {
  return text
    .split('\n')
    .map((paragraph) => {
      const lines: string[] = []
      let line = ''
      for (const word of paragraph.split(/\s+/).filter(Boolean)) {
        if (line && line.length + word.length + 1 > WIDTH) {
          lines.push(line)
          line = word
        } else line = line ? `${line} ${word}` : word
      }
      return [...lines, line].join('\n')
    })
    .join('\n')
}

function section({ title, lines, rows, paragraphs }: Section): string {
  const width = Math.max(0, ...(rows ?? []).map((row) => row.label.length))
  return [
    `${title}\n${'-'.repeat(title.length)}`,
    lines?.join('\n'),
    rows?.map((row) => `${`${row.label}:`.padEnd(width + 2)}${row.value}`).join('\n'),
    ...(paragraphs ?? []).map((paragraph) => wrap(inline(paragraph))),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** The text version: complete, and readable where nothing is rendered. */
export function renderText(email: EmailDocument): string {
  return (
    [
      email.heading,
      wrap(inline(email.lead)),
      ...email.sections.map(section),
      ...email.footer.map((paragraph) => wrap(inline(paragraph))),
    ]
      .join('\n\n')
      .concat('\n')
      // Lines break at spaces alone, so a hyphen that does not break is only a sign that some faces lack.
      .replaceAll('\u2011', '-')
  )
}
