/**
 * Draws curves over logarithmic axes as SVG text. The figure is legible on a light and on a dark page, because its colours
 * follow `prefers-color-scheme`.
 */

const WIDTH = 640;
const HEIGHT = 360;
const EDGE = { left: 70, right: 110, top: 36, bottom: 52 };

/** Colours that colour-blind readers can distinguish (Okabe & Ito 2008), on white and on black. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];
const DASHES = ['', '6 4', '2 3', '8 3 2 3'];

/**
 * @param {{ title: string, x: string, y: string, series: { name: string, points: [number, number][] }[] }} figure
 * @returns {string}
 */
export function plot({ title, x, y, series }) {
  const all = series.flatMap(({ points }) => points);
  const across = axis(
    all.map(([value]) => value),
    EDGE.left,
    WIDTH - EDGE.right,
  );
  const up = axis(
    all.map(([, value]) => Math.max(value, 1e-9)),
    HEIGHT - EDGE.bottom,
    EDGE.top,
  );
  const ticks = [
    ...across.ticks.map(
      (value) =>
        `<text x="${across.at(value)}" y="${HEIGHT - EDGE.bottom + 18}" text-anchor="middle">${short(value)}</text>`,
    ),
    ...up.ticks.map(
      (value) =>
        `<line x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${up.at(value)}" y2="${up.at(value)}" class="grid"/>` +
        `<text x="${EDGE.left - 8}" y="${up.at(value) + 4}" text-anchor="end">${short(value)}</text>`,
    ),
  ];
  const curves = series.map(({ name, points }, index) => {
    const places = points.map(([a, b]) => `${across.at(a)},${up.at(Math.max(b, 1e-9))}`);
    const [lastX, lastY] = places.at(-1).split(',').map(Number);
    const colour = COLOURS[index % COLOURS.length];
    return (
      `<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${DASHES[index % DASHES.length]}"/>` +
      places
        .map(
          (place) =>
            `<circle cx="${place.split(',')[0]}" cy="${place.split(',')[1]}" r="3" fill="${colour}"/>`,
        )
        .join('') +
      `<text x="${lastX + 8}" y="${lastY + 4}" fill="${colour}" class="name">${name}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="12">
<style>text:not(.name){fill:#333}.name{font-weight:600}.grid{stroke:#8884}@media(prefers-color-scheme:dark){text:not(.name){fill:#ddd}}</style>
<text x="${EDGE.left}" y="20" font-size="14" font-weight="600">${title}</text>
${ticks.join('\n')}
${curves.join('\n')}
<text x="${(EDGE.left + WIDTH - EDGE.right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${x}</text>
<text transform="rotate(-90)" x="${-(EDGE.top + HEIGHT - EDGE.bottom) / 2}" y="18" text-anchor="middle">${y}</text>
</svg>
`;
}

/** A logarithmic axis from `from` to `to` on the canvas. */
function axis(values, from, to) {
  const low = Math.log10(Math.min(...values));
  const high = Math.max(Math.log10(Math.max(...values)), low + 0.3);
  const at = (value) =>
    Math.round((from + ((Math.log10(value) - low) / (high - low)) * (to - from)) * 10) / 10;
  const ticks = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const digit of [1, 2, 5]) {
      const value = digit * 10 ** power;
      if (Math.log10(value) >= low - 0.01 && Math.log10(value) <= high + 0.01) ticks.push(value);
    }
  }
  const sparse =
    ticks.length > 9
      ? ticks.filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9)
      : ticks;
  return { at, ticks: sparse };
}

function short(value) {
  if (value >= 1e6) return `${value / 1e6} M`;
  return value >= 1e3 ? `${value / 1e3} k` : String(Number(value.toPrecision(2)));
}
