import { markColours, markRules } from './verdict-marks.ts'

const light = `--page:#ffffff;--raised:#f5f6f8;--text:#1d2126;--dim:#59636e;--line:#d5dae0;--link:#0067a8;${markColours(0)}`
const dark = `--page:#16181c;--raised:#1f2227;--text:#e6e9ed;--dim:#9aa4af;--line:#363b42;--link:#4fa9e2;${markColours(1)}`

export const pageStyle = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:32px 24px 64px;background:var(--page);color:var(--text);font:14px/1.5 system-ui,sans-serif}
h1{font-size:24px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:17px;margin:40px 0 8px}
p{margin:0 0 12px;max-width:80ch}
.dim{color:var(--dim)}
a{color:var(--link)}
.answer{font-size:16px;margin-top:16px}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:5px 12px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--dim);background:var(--raised)}
.scroll.narrow{width:fit-content;max-width:100%}
td .dim{display:block}
th.text,td.text{text-align:left}
tr:last-child td{border-bottom:0}
.bar{display:flex;width:140px;height:10px;border-radius:3px;overflow:hidden;background:var(--line)}
.bar i{display:block;height:100%}
.mark{width:14px;height:14px;vertical-align:-2px;flex:none}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0}
dt{display:flex;gap:8px;align-items:center;font-weight:600}
dd{margin:0;color:var(--dim);max-width:80ch}
details{border:1px solid var(--line);border-radius:8px;margin:0 0 10px;background:var(--page)}
summary{cursor:pointer;padding:10px 14px;display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center}
summary::marker{content:none}
summary::before{content:'▸';color:var(--dim)}
details[open]>summary::before{content:'▾'}
summary b{overflow-wrap:anywhere}
details>div{padding:0 14px 14px;scroll-margin-top:60px}
details details{margin-top:12px}
.filters{display:grid;grid-template-columns:repeat(auto-fill,minmax(84px,1fr));gap:12px 8px;list-style:none;margin:12px 0 0;padding:0}
.filters img{width:72px;height:72px;object-fit:contain;image-rendering:pixelated;border:1px solid var(--line);background:#8c8c8c;display:block}
.filters span{display:flex;gap:5px;align-items:center;margin-top:3px;font-variant-numeric:tabular-nums}
.folded{margin:12px 0 0;color:var(--dim)}
.note{margin:8px 0 0}
figure{margin:16px 0 0}
.curve{display:block;max-width:100%;height:auto;margin-top:6px;font-size:11px}
.curve text{fill:var(--dim)}
.curve polyline{fill:none;stroke:var(--link);stroke-width:2}
.curve circle{fill:var(--link)}
.curve .axis{stroke:var(--dim)}
.curve .needed{stroke:var(--dim);stroke-dasharray:4 3}
.curve .band{fill:var(--link);opacity:.15}
.hint{border-left:3px solid var(--emerging);padding-left:10px}
${markRules}
@media print{details>summary::before{content:none}}
`
