import type { CSSProperties } from 'react'

/** The components' own defaults, written out: mail clients know no custom properties. */
const light = {
  surface: '#fcfaf6',
  text: '#1d1a16',
  muted: '#665f55',
  border: '#d9d1c4',
  accent: '#0b5563',
}

const dark = {
  surface: '#191714',
  text: '#ece6db',
  muted: '#aca396',
  border: '#3d3830',
  accent: '#86c8d3',
}

const serif = "'Source Serif 4', Charter, 'Iowan Old Style', Georgia, 'Times New Roman', serif"

const text: CSSProperties = {
  margin: '0 0 12px',
  color: light.text,
  fontFamily: serif,
  fontSize: '17px',
  lineHeight: '26px',
}

/** Inline, since some clients drop style sheets. */
export const styles = {
  body: { margin: 0, padding: 0, backgroundColor: light.surface },
  surface: { width: '100%', backgroundColor: light.surface },
  hidden: { display: 'none', overflow: 'hidden', lineHeight: '1px', maxHeight: 0, maxWidth: 0, opacity: 0 },
  page: { width: '100%', maxWidth: '560px', margin: '0 auto', padding: '40px 20px 48px' },
  heading: {
    ...text,
    margin: '0 0 12px',
    fontSize: '33px',
    lineHeight: '38px',
    fontWeight: 600,
    letterSpacing: '-0.01em',
  },
  lead: { ...text, margin: '0 0 32px', fontSize: '19px', lineHeight: '29px' },
  section: { borderTop: `1px solid ${light.border}`, padding: '20px 0 12px' },
  title: {
    ...text,
    margin: '0 0 8px',
    fontSize: '15px',
    lineHeight: '22px',
    color: light.muted,
    fontWeight: 400,
  },
  text,
  first: { ...text, margin: '0', fontSize: '20px', lineHeight: '28px', fontWeight: 600 },
  line: { ...text, margin: '0', fontVariantNumeric: 'tabular-nums lining-nums' },
  table: { width: '100%', borderCollapse: 'collapse', margin: '0 0 12px' },
  label: {
    ...text,
    margin: 0,
    padding: '3px 16px 3px 0',
    textAlign: 'left',
    verticalAlign: 'top',
    fontWeight: 400,
  },
  value: {
    ...text,
    margin: 0,
    padding: '3px 0',
    textAlign: 'right',
    verticalAlign: 'top',
    fontVariantNumeric: 'tabular-nums lining-nums',
    whiteSpace: 'nowrap',
  },
  total: { fontWeight: 600 },
  link: {
    color: light.accent,
    textDecoration: 'underline',
    textUnderlineOffset: '2px',
    wordBreak: 'break-word',
  },
  footer: { ...text, margin: '0 0 8px', fontSize: '15px', lineHeight: '23px', color: light.muted },
} satisfies Record<string, CSSProperties>

/** The dark counterpart, for clients that ask. Inline styles lose only to `!important`. */
export const darkSheet = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  body, .surface { background-color: ${dark.surface} !important; }
  .text { color: ${dark.text} !important; }
  .muted { color: ${dark.muted} !important; }
  .rule { border-color: ${dark.border} !important; }
  .link { color: ${dark.accent} !important; }
}
@media (max-width: 400px) {
  .heading { font-size: 28px !important; line-height: 33px !important; }
  .lead { font-size: 18px !important; line-height: 27px !important; }
}
`
