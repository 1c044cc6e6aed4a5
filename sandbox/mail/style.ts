/** Light and dark, from 320 px up. One accent, used only for what can be followed. */
export const style = `
@font-face { font-family: 'Source Serif 4'; src: url('/font.woff2') format('woff2'); font-weight: 200 900; font-display: swap }
:root {
  color-scheme: light dark;
  --text: light-dark(#1d1a16, #ece7de); --muted: light-dark(#655d52, #a9a195);
  --surface: light-dark(#fbf9f5, #171512); --border: light-dark(#ddd6ca, #38332c);
  --accent: light-dark(#8a3b12, #e9a26f);
}
* { box-sizing: border-box }
body { margin: 0; background: var(--surface); color: var(--text); font: 17px/1.5 'Source Serif 4', Charter, Georgia, serif; font-variant-numeric: tabular-nums }
main { max-width: 60rem; margin: 0 auto; padding: 32px 20px 64px }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; margin-bottom: 16px }
header form { margin-left: auto }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; font-weight: 600; overflow-wrap: anywhere }
a { color: var(--accent); text-underline-offset: 3px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px }
button { min-height: 44px; padding: 0 16px; border: 1px solid var(--border); border-radius: 6px; background: none; color: inherit; font: inherit; cursor: pointer }
.count, .empty { color: var(--muted); margin: 0 }
.empty { padding: 24px 0; border-top: 1px solid var(--border) }
.back { display: inline-block; padding: 10px 0 }
.messages { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--border) }
.messages li { border-bottom: 1px solid var(--border) }
.messages a { display: block; padding: 12px 0; color: inherit; text-decoration: none }
.messages a:hover .subject { text-decoration: underline }
.subject { display: block; color: var(--accent); overflow-wrap: anywhere }
.meta { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px; color: var(--muted); font-size: 0.9rem; overflow-wrap: anywhere }
dl { margin: 16px 0 24px; font-size: 0.95rem }
dl div { display: flex; gap: 12px; padding: 2px 0 }
dt { flex: 0 0 5.5rem; color: var(--muted) }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
nav { display: flex; flex-wrap: wrap; gap: 0 20px; border-bottom: 1px solid var(--border); margin-bottom: 16px }
nav a { padding: 10px 0; color: var(--muted); text-decoration: none }
nav a[aria-current] { color: var(--text); box-shadow: 0 2px 0 var(--text) }
iframe { width: 100%; height: 75vh; border: 1px solid var(--border); border-radius: 6px; background: #fff; color-scheme: light }
pre { margin: 0; padding: 16px; border: 1px solid var(--border); border-radius: 6px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, Menlo, monospace }
`
