/** The style of the charts: quiet axes, thin lines, and colours by class, so that one picture serves both themes. */

export const CHART_STYLE = `
figure>header{margin-bottom:12px}
figure>header p{color:var(--quiet);font-size:13px;line-height:1.45;margin-top:4px}
figure svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:12px;fill:var(--quiet)}
svg .name{font-weight:600}
svg .ink{fill:var(--ink)}
svg .end{text-anchor:end}
svg .mid{text-anchor:middle}
svg .grid-line{stroke:var(--line);stroke-width:1;shape-rendering:crispEdges}
svg .base{stroke:var(--quiet);stroke-width:1;shape-rendering:crispEdges}
svg .guide{stroke:var(--quiet);stroke-width:1;stroke-dasharray:3 4}
svg .path{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
svg .thin{stroke-width:1.2;opacity:.55}
figure svg.pixel-map{max-width:280px}
svg .faint{stroke-width:1;opacity:.22}
svg .fill{fill:currentColor}
svg .soft{fill:currentColor;opacity:.16}
svg .label{fill:currentColor}
svg .dot{fill:currentColor;opacity:.5}
svg .hit{fill:transparent}
svg .hit:hover{fill:var(--ink);fill-opacity:.06}
svg .bar:hover{opacity:.75}
.tone-model{color:var(--model)}.tone-train{color:var(--train)}.tone-wrong{color:var(--wrong)}.tone-right{color:var(--right)}.tone-ink{color:var(--ink)}.tone-quiet{color:var(--quiet)}
.tone-1{color:var(--series-1)}.tone-2{color:var(--series-2)}.tone-3{color:var(--series-3)}.tone-4{color:var(--series-4)}.tone-5{color:var(--series-5)}.tone-6{color:var(--series-6)}
table.matrix{width:auto;border-collapse:separate;border-spacing:2px;line-height:1.2}
table.matrix th,table.matrix td{vertical-align:middle;border:0;padding:0}
table.matrix thead th{padding:0 4px 4px;text-align:center;vertical-align:bottom}
table.matrix tbody th{padding-right:10px;text-align:right;font-weight:400;white-space:nowrap}
table.matrix td{vertical-align:middle;min-width:34px;height:34px;text-align:center;border-radius:4px;background:var(--raised);color:var(--ink)}
table.matrix td.hit-cell{background:color-mix(in srgb,var(--model) calc(var(--share)*1%),var(--raised))}
table.matrix td.miss-cell{background:color-mix(in srgb,var(--wrong) calc(var(--share)*1%),var(--raised))}
table.matrix .axis{font-size:12px;color:var(--quiet)}
table.matrix thead td{background:none;height:auto}
.matrix.dense td{min-width:24px;height:24px;font-size:12px}
.sketch{width:120px;min-width:120px}
.sketch svg{display:block;width:120px;height:28px}
.sketch svg .path{stroke-width:1.5}
.interval-row{display:grid;grid-template-columns:minmax(56px,calc(var(--name) + 8px)) minmax(0,1fr) 72px;gap:16px;align-items:center}
.interval-row:hover .interval-name{color:var(--model)}
.interval-name{font-size:13px;line-height:1.3;overflow-wrap:anywhere;padding:4px 0}
.interval-text{font-size:13px;font-weight:600;text-align:right}
figure .intervals svg{height:28px}
svg .interval{stroke:currentColor;stroke-width:9;opacity:.3;stroke-linecap:round}
svg .thick{stroke:currentColor;stroke-width:12}
svg .whisker{stroke:var(--ink);stroke-width:1.5}
@media(max-width:520px){.interval-row{grid-template-columns:minmax(48px,min(var(--name),112px)) minmax(0,1fr) 60px;gap:10px}}
`;
