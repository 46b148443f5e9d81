/**
 * The style sheet of the report: one type scale (12, 13, 15, 18, 22, 36 pixels), one grid of two columns that becomes one on a
 * phone, and the colours of `theme.ts`. The page uses the fonts of the system, because it must not ask for any.
 */
import { CHART_STYLE } from './chart-style.ts';
import { DARK, LIGHT, themeStyle } from './theme.ts';

const COLOURS = `
:root{color-scheme:light;${themeStyle(LIGHT)}}
:root[data-theme=dark]{color-scheme:dark;${themeStyle(DARK)}}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${themeStyle(DARK)}}}
`;

const TEXT = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:24px}
body{margin:0;background:var(--paper);color:var(--ink);font:400 15px/1.55 "Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue","Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
h1,h2,h3,p,figure,ul,ol,dl,dd{margin:0;padding:0}
h1,h2{font-family:"Iowan Old Style","Palatino Linotype",Palatino,"Source Serif 4",Charter,Georgia,"DejaVu Serif",serif;font-weight:500;letter-spacing:-.012em;text-wrap:balance}
h1{font-size:36px;line-height:1.16}
h2{font-size:22px;line-height:1.25}
h3{font-size:15px;line-height:1.35;font-weight:600}
a{color:var(--model);text-underline-offset:2px}
strong{font-weight:600}
code,pre{font:12px/1.6 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{overflow-wrap:anywhere}
pre{margin:0;padding:16px;background:var(--raised);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--model);outline-offset:2px;border-radius:2px}
.quiet{color:var(--quiet)}
.small{font-size:13px;line-height:1.5}
.kicker{font-size:12px;line-height:1.4;letter-spacing:.06em;text-transform:uppercase;color:var(--quiet)}
.measure{max-width:64ch}
`;

const LAYOUT = `
.page{max-width:1184px;margin:0 auto;padding:0 32px 96px;display:grid;grid-template-columns:176px minmax(0,1fr);column-gap:56px}
.masthead{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;justify-content:space-between;padding:20px 0;border-bottom:1px solid var(--line);margin-bottom:56px}
.masthead p{display:flex;flex-wrap:wrap;gap:2px 16px;align-items:baseline;min-width:0}
.tools{display:flex;gap:8px}
button{font:inherit;font-size:13px;line-height:1;color:var(--ink);background:none;border:1px solid var(--line);border-radius:6px;padding:9px 12px;cursor:pointer}
button:hover{border-color:var(--quiet)}
.contents{position:sticky;top:32px;align-self:start;font-size:13px;line-height:1.4}
.contents ol{list-style:none}
.contents a{display:block;padding:5px 0;color:var(--quiet);text-decoration:none}
.contents a:hover{color:var(--ink)}
main{min-width:0}
section{padding-top:72px}
section>header{margin-bottom:32px;max-width:64ch}
section>header p{color:var(--quiet);margin-top:8px}
.stack{display:grid;gap:40px;grid-template-columns:minmax(0,1fr)}
.tight{display:grid;gap:12px;grid-template-columns:minmax(0,1fr)}
h3+.scroll,h3+p,h3+ul{margin-top:8px}
h3+.pictures{margin-top:16px}
h3+p+.scroll{margin-top:16px}
.grid{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:48px 40px;align-items:start}
.grid.three{grid-template-columns:repeat(3,minmax(0,1fr));gap:40px 32px}
.wide{grid-column:1/-1}
.subject{padding-top:16px}
.subject h3{margin-bottom:20px}
@media(max-width:900px){
.page{grid-template-columns:minmax(0,1fr);padding:0 20px 64px}
.contents{position:static;margin-bottom:40px;order:1;grid-row:auto}
.contents ol{columns:2;column-gap:24px}
.masthead{margin-bottom:32px}
section{padding-top:56px}
h1{font-size:28px}
}
@media(max-width:720px){.grid,.grid.three{grid-template-columns:minmax(0,1fr);gap:40px}}
`;

const PARTS = `
.verdict{display:grid;gap:20px;grid-template-columns:minmax(0,1fr)}
.verdict figure{margin-top:12px}
.verdict .lead{font-size:18px;line-height:1.5;max-width:60ch}
.warnings{list-style:none;display:grid;gap:12px;margin-top:8px}
.warnings li{display:grid;grid-template-columns:20px minmax(0,1fr);gap:12px;background:var(--warning);border-radius:8px;padding:16px 20px 16px 16px}
.warnings svg{margin-top:2px;color:var(--wrong)}
.warnings strong{display:block}
.facts{display:grid;grid-template-columns:minmax(120px,200px) minmax(0,1fr);gap:10px 24px}
.facts dt{color:var(--quiet)}
.facts dd{overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin:0 -8px;padding:0 8px}
table{border-collapse:collapse;font-size:13px;line-height:1.4;width:100%}
caption{text-align:left;color:var(--quiet);padding-bottom:8px}
th,td{text-align:left;padding:8px 16px 8px 0;vertical-align:baseline;border-bottom:1px solid var(--line);font-weight:400}
thead th{color:var(--quiet);font-size:12px;border-bottom-color:var(--quiet);white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:500}
th:last-child,td:last-child{padding-right:0}
.number{text-align:right;white-space:nowrap}
tr.total th,tr.total td{border-bottom:0}
tr.marked th,tr.marked td{background:var(--wash)}
details{font-size:13px}
details>summary{cursor:pointer;color:var(--quiet);padding:6px 0;width:fit-content}
details>summary:hover{color:var(--ink)}
details[open]>summary{margin-bottom:8px}
.behind .scroll{max-height:360px;overflow:auto}
.details{display:grid;gap:4px;grid-template-columns:minmax(0,1fr)}
.behind thead th{position:sticky;top:0;background:var(--paper)}
.tip{position:fixed;z-index:9;pointer-events:none;max-width:280px;padding:8px 12px;border-radius:6px;background:var(--ink);color:var(--paper);font-size:12px;line-height:1.45;white-space:pre-line}
.equations{display:grid;gap:6px 20px;grid-template-columns:auto minmax(0,1fr);align-items:center}
.equations .number{color:var(--quiet);font-size:12px}
.equations math{font-size:18px}
.equation{overflow-x:auto;overflow-y:hidden;padding:4px 0}
.equation math{display:inline math;math-style:normal}
.diagram{overflow-x:auto}
ul.notes{padding-left:18px;columns:2;column-gap:40px}
.columns td,.columns th{vertical-align:middle}
.pictures{list-style:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:24px 20px}
.pictures img{display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:4px;border:1px solid var(--line);margin-bottom:8px}
:root[data-theme=dark] .pictures img{filter:invert(1);border-color:#d0ccc4}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]) .pictures img{filter:invert(1);border-color:#d0ccc4}}
footer{grid-column:1/-1;margin-top:96px;padding-top:24px;border-top:1px solid var(--line);font-size:13px;color:var(--quiet)}
@media(max-width:720px){ul.notes{columns:1}}
@media(max-width:520px){.facts{grid-template-columns:minmax(0,1fr);gap:2px}.facts dd{margin-bottom:12px}}
`;

const PRINT = `
@media print{
:root,:root[data-theme=dark]{color-scheme:light;${themeStyle({ ...LIGHT, paper: '#ffffff' })}}
@page{size:A4;margin:16mm 14mm}
body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.page{display:block;max-width:none;padding:0}
.tools,.contents,.tip,.behind:not([open]){display:none}
.masthead{margin-bottom:24pt}
section{padding-top:30pt}
section>header,h2,h3{break-after:avoid}
figure,tr,.warnings li,.pictures li{break-inside:avoid}
.scroll,.behind .scroll{overflow:visible;max-height:none}
.grid{gap:24pt 20pt}
table{font-size:8.5pt}th,td{padding:4pt 8pt 4pt 0}
}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
`;

/** The whole sheet. */
export const PAGE_STYLE: string = [COLOURS, TEXT, LAYOUT, PARTS, CHART_STYLE, PRINT]
  .join('')
  .replaceAll('\n', '');
