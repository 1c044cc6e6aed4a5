import { Fragment } from 'react'
import { Container, Head, Heading, Html, Link, render, renderWhiteSpace, Section, Text } from 'react-email'
import { type Email, type EmailDocument, headerText, type Inline, type Section as Part } from './document'
import { renderText } from './plain-text'
import { darkSheet, styles } from './theme'

const textOf = (parts: Inline[]) =>
  parts.map((part) => (typeof part === 'string' ? part : part.text)).join('')

function Words({ parts }: { parts: Inline[] }) {
  return parts.map((part, index) => {
    const key = `${index}`
    if (typeof part === 'string') return <Fragment key={key}>{part}</Fragment>
    if (part.href)
      return (
        <Link key={key} href={part.href} className="link" style={styles.link}>
          {part.text}
        </Link>
      )
    if (part.italic) return <em key={key}>{part.text}</em>
    return <strong key={key}>{part.text}</strong>
  })
}

function Rows({ rows }: { rows: NonNullable<Part['rows']> }) {
  return (
    <table style={styles.table} cellPadding={0} cellSpacing={0}>
      <tbody>
        {rows.map(({ label, value, total }) => (
          <tr key={label}>
            <th scope="row" className="text" style={{ ...styles.label, ...(total ? styles.total : {}) }}>
              {label}
            </th>
            <td className="text" style={{ ...styles.value, ...(total ? styles.total : {}) }}>
              {value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Block({ section }: { section: Part }) {
  return (
    <Section className="rule" style={styles.section}>
      <Heading as="h2" className="muted" style={styles.title}>
        {section.title}
      </Heading>
      {section.lines && (
        <div style={{ margin: '0 0 12px' }}>
          {section.lines.map((line, index) => (
            <Text key={line} className="text" style={index === 0 ? styles.first : styles.line}>
              {line}
            </Text>
          ))}
        </div>
      )}
      {section.rows && <Rows rows={section.rows} />}
      {section.paragraphs?.map((paragraph) => (
        <Text key={textOf(paragraph)} className="text" style={styles.text}>
          <Words parts={paragraph} />
        </Text>
      ))}
    </Section>
  )
}

/** react-email's Preview would give the document a second title. */
function Preheader({ text }: { text: string }) {
  return (
    <div style={styles.hidden}>
      {text}
      {renderWhiteSpace(text)}
    </div>
  )
}

/** The one layout of every e-mail: a column of text, no images, light or dark as the reader's client is. */
export function Layout({ email }: { email: EmailDocument }) {
  return (
    <Html lang="en" dir="ltr">
      <Head>
        <title>{email.subject}</title>
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <style>{darkSheet}</style>
      </Head>
      {/* react-email's Body paints a cell that no style sheet can reach: it would stay light in the dark. */}
      <body style={styles.body}>
        <Section className="surface" style={styles.surface}>
          <Preheader text={email.preheader} />
          <Container style={styles.page}>
            <Heading as="h1" className="text heading" style={styles.heading}>
              {email.heading}
            </Heading>
            <Text className="text lead" style={styles.lead}>
              <Words parts={email.lead} />
            </Text>
            {email.sections.map((section) => (
              <Block key={section.title} section={section} />
            ))}
            <Section className="rule" style={styles.section}>
              {email.footer.map((paragraph) => (
                <Text key={textOf(paragraph)} className="muted" style={styles.footer}>
                  <Words parts={paragraph} />
                </Text>
              ))}
            </Section>
          </Container>
        </Section>
      </body>
    </Html>
  )
}

/** Sets a document as HTML and as text. The same document gives the same bytes, so that a repeat is a repeat. */
export async function renderEmail(email: EmailDocument): Promise<Email> {
  const subject = headerText(email.subject)
  return { subject, html: await render(<Layout email={{ ...email, subject }} />), text: renderText(email) }
}
