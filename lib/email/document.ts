/**
 * What an e-mail says, before it is set as HTML or as plain text: both come from this one description, so that neither
 * can lack what the other has.
 */
export type EmailDocument = {
  subject: string
  /** The line that an inbox shows beside the subject. */
  preheader: string
  heading: string
  lead: Inline[]
  sections: Section[]
  footer: Inline[][]
}

/** A link ends its sentence, so that the plain text can name its address there. */
export type Inline = string | { text: string; href?: string; strong?: true; italic?: true }

export type Section = {
  title: string
  /** Short lines set under each other, the first of them the loudest. */
  lines?: string[]
  rows?: { label: string; value: string; total?: true }[]
  paragraphs?: Inline[][]
}

export type Email = { subject: string; html: string; text: string }

/** One line of a header: no control characters, however they came in. */
export const headerText = (text: string, max = 200): string => {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
  return line.length > max ? `${line.slice(0, max - 1).trimEnd()}…` : line
}

/** An address that may stand in a link: http(s) alone, so that no row of the database can smuggle a script. */
export function safeUrl(value: string | undefined): string | undefined {
  if (!value || !URL.canParse(value)) return undefined
  const url = new URL(value)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined
}

/** A link where there is an address, its words alone where there is none. */
export const link = (text: string, href: string | undefined): Inline => (href ? { text, href } : text)
