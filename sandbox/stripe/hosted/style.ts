/** The dress of the sandbox's pages: the shop's face, in black and white, so that nobody takes it for the shop or for Stripe. */
export const STYLE = `
@font-face{font-family:"Source Serif 4 Variable";src:url(/fonts/source-serif-4.woff2) format("woff2");font-weight:200 900;font-display:swap}
:root{--ground:#faf8f4;--paper:#fff;--text:#1c1a17;--muted:#645e55;--line:#ddd7cc;--field:#8c8478;--accent:#1c1a17;--on-accent:#fff;--note:#fbeec4;--on-note:#4a3600;
--danger:#a8261c;--danger-ground:#fbeeec;--success:#1d6b3a;--radius:4px;
--serif:"Source Serif 4 Variable","Source Serif 4",Georgia,"Times New Roman",serif}
@media (prefers-color-scheme:dark){:root{--ground:#161512;--paper:#1f1d1a;--text:#eeeae2;--muted:#a8a094;--line:#38342e;--field:#7d766a;--accent:#eeeae2;--on-accent:#161512;--note:#352a0c;--on-note:#f0dca0;
--danger:#ff9d92;--danger-ground:#361a17;--success:#7fd19c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:17px/1.5 var(--serif);font-variant-numeric:tabular-nums lining-nums}
h1,h2{font-family:var(--serif);font-weight:600;letter-spacing:-.01em;line-height:1.2;margin:0}
h1{font-size:26px}h2{font-size:21px}
p{margin:0}a{color:var(--accent);text-underline-offset:3px}
.note{background:var(--note);color:var(--on-note);font-size:16px;padding:12px 20px;text-align:center;text-wrap:balance}.note strong{margin-inline-end:.4em}
.frame{max-width:1000px;margin:0 auto;padding:32px 20px 64px;display:grid;gap:40px}
@media (min-width:860px){.frame{grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:72px;padding-top:64px}.order{position:sticky;top:40px;align-self:start}}
.order{display:grid;gap:20px;align-content:start}.back{display:inline-flex;align-items:center;min-height:44px;font-size:15px;color:var(--muted)}
.merchant{color:var(--muted);font-size:15px}.total-line{font:600 40px/1.1 var(--serif);letter-spacing:-.02em}
.lines{margin:0;padding:0;list-style:none}.lines li{display:flex;justify-content:space-between;gap:20px;padding:12px 0;border-top:1px solid var(--line)}
.lines li:last-child{border-bottom:1px solid var(--line)}.lines .sum{font-weight:600}.lines small{display:block;color:var(--muted);font-size:14px}
.lines span:last-child{white-space:nowrap}.off{color:var(--success)}
form{display:grid;gap:20px;margin:0}fieldset{border:0;margin:0;padding:0;display:grid;gap:16px;min-width:0}legend{font:600 21px/1.2 var(--serif);padding:0;margin-bottom:16px}
label{display:grid;gap:8px;font-size:15px;font-weight:550}
input,select{font:inherit;font-weight:400;color:var(--text);background:var(--paper);border:1px solid var(--field);border-radius:var(--radius);min-height:48px;padding:8px 12px;width:100%;min-width:0}
input[readonly]{background:transparent;border-style:dashed;color:var(--muted)}
::placeholder{color:var(--muted);opacity:.8}
[aria-invalid=true]{border-color:var(--danger);box-shadow:inset 0 0 0 1px var(--danger)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:16px}.code-row{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:12px;align-items:end}
.error{color:var(--danger);font-size:15px;font-weight:400}.problem{background:var(--danger-ground);color:var(--danger);border-left:3px solid var(--danger);padding:12px 16px;border-radius:0 var(--radius) var(--radius) 0}
.hint{color:var(--muted);font-size:14px;font-weight:400}
.methods{display:grid;gap:8px}.methods label{display:flex;align-items:center;gap:12px;min-height:48px;border:1px solid var(--line);border-radius:var(--radius);padding:0 12px;font-weight:400;cursor:pointer;background:var(--paper)}
.methods input{width:20px;min-height:20px;height:20px;margin:0;flex:none;accent-color:var(--accent)}
.methods label:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.by-bank,body:has([name=method][value=bank]:checked) .by-card{display:none}
body:has([name=method][value=bank]:checked) .by-bank{display:inline}
button,.button{font:600 17px/1 var(--serif);min-height:52px;padding:0 24px;border:1px solid transparent;border-radius:var(--radius);background:var(--accent);color:var(--on-accent);cursor:pointer;display:inline-flex;align-items:center;justify-content:center;text-decoration:none;transition:filter .15s}
button:hover,.button:hover{filter:brightness(1.08)}button:active{filter:brightness(.94)}button[aria-disabled=true]{filter:saturate(.5);cursor:progress}
button.quiet,.button.quiet{background:transparent;color:var(--accent);border-color:var(--field);min-height:48px;font-weight:550;font-size:16px}
button.link{background:none;border:0;color:var(--muted);text-decoration:underline;text-underline-offset:3px;min-height:44px;padding:0;font-size:15px;font-weight:400}
.closed{max-width:560px;margin:0 auto;padding:72px 20px;display:grid;gap:20px;justify-items:start}.row{display:flex;flex-wrap:wrap;gap:12px}
.frame.bare{grid-template-columns:1fr;padding:20px;max-width:560px;gap:28px}.bare .order{position:static}
.sheet{max-width:1120px;margin:0 auto;padding:32px 20px 72px;display:grid;gap:40px}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px}th{text-align:left;font-weight:550;color:var(--muted);font-size:14px}th,td{padding:8px 20px 8px 0;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}td form{display:inline}td form+form{margin-left:12px}
td .link{min-height:28px}td.num{text-align:right;white-space:nowrap}code,pre{font:13px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace}pre{background:var(--paper);border:1px solid var(--line);border-radius:var(--radius);padding:16px;overflow:auto;margin:0}
.sheet section{display:grid;gap:12px;min-width:0}.state-bad{color:var(--danger)}.state-good{color:var(--success)}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`
