/** The two curves of a classification: what is found against false alarms, and against precision. */
import type { ClassEvaluation } from 'vinculum';
import type { Figure } from '../../record/figure.ts';
import { lineChart, type Point, type Series } from '../charts/line-chart.ts';
import { seriesTone } from '../charts/tone.ts';
import { figure, type DataTable } from '../data-table.ts';
import { fixed, percent } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';

export function classCurves(measured: ClassEvaluation): Markup {
  return markup`<div class="grid">${rocCurves(measured)}${prCurves(measured)}</div>`;
}

/** A curve of one class. */
interface Curve {
  readonly name: string;
  readonly area: Figure;
  readonly points: readonly Point[];
}

/** Points of a drawn curve; more of them are not seen. */
const MOST_POINTS = 160;

/** A curve as a series: a few of them with their names, of many the worst one alone. */
function seriesOf(curves: readonly Curve[]): Series[] {
  const few = curves.length <= 4;
  const worst = curves.reduce((least, one) => Math.min(least, one.area ?? Infinity), Infinity);
  const worstAt = curves.findIndex(({ area }) => area === worst);
  return curves.map(({ name, points }, at) => {
    const every = Math.ceil(points.length / MOST_POINTS);
    const thinned = points.filter((_, index) => index % every === 0 || index === points.length - 1);
    if (curves.length === 1) return { tone: 'model', points: thinned };
    if (few) return { name, tone: seriesTone(at), points: thinned };
    return at === worstAt
      ? { name, tone: 'wrong', points: thinned }
      : { tone: 'model', thin: true, points: thinned };
  });
}

function areaTable(caption: string, curves: readonly Curve[]): DataTable {
  return {
    caption,
    columns: [{ title: 'Class' }, { title: 'Area', isNumber: true }],
    rows: curves.map(({ name, area }) => [name, fixed(area)]),
  };
}

const SHARE_AXIS = {
  domain: [0, 1] as const,
  ticks: 5,
  format: (value: number): string => fixed(value, 1),
};

function rocCurves(measured: ClassEvaluation): Markup | undefined {
  const names = namesOf(measured);
  const curves = measured.curves.flatMap(({ of, roc }) =>
    roc === null
      ? []
      : [
          {
            name: names[of] ?? '',
            area: measured.perClass[of]?.rocAuc ?? null,
            points: roc.falsePositiveRate.map((x, at): Point => {
              const y = roc.truePositiveRate[at] ?? 0;
              return {
                x,
                y,
                ...(measured.curves.length === 1
                  ? {
                      tip: `from ${fixed(roc.threshold[at])} on: finds ${percent(y)}, false alarms ${percent(x)}`,
                    }
                  : {}),
              };
            }),
          },
        ],
  );
  if (curves.length === 0) return undefined;
  return figure({
    title: 'ROC curve',
    says: curvesSay(curves, 'area', 'The dashed line is a guess.'),
    chart: lineChart({
      label: 'ROC curve',
      x: { title: 'share of the other rows taken for the class', ...SHARE_AXIS },
      y: { title: 'share of the class that is found', ...SHARE_AXIS },
      series: seriesOf(curves),
      diagonal: true,
      height: 340,
    }),
    table: areaTable('Area under the ROC curve', curves),
  });
}

function prCurves(measured: ClassEvaluation): Markup | undefined {
  const names = namesOf(measured);
  const curves = measured.curves.flatMap(({ of, precisionRecall: curve }) =>
    curve === null
      ? []
      : [
          {
            name: names[of] ?? '',
            area: measured.perClass[of]?.averagePrecision ?? null,
            points: curve.recall.map((x, at): Point => {
              const y = curve.precision[at] ?? 0;
              return {
                x,
                y,
                ...(measured.curves.length === 1
                  ? {
                      tip: `from ${fixed(curve.threshold[at])} on: finds ${percent(x)}, ${percent(y)} of them right`,
                    }
                  : {}),
              };
            }),
          },
        ],
  );
  if (curves.length === 0) return undefined;
  return figure({
    title: 'Precision and recall',
    says: curvesSay(curves, 'average precision', ''),
    chart: lineChart({
      label: 'Precision over recall',
      x: { title: 'recall: share of the class that is found', ...SHARE_AXIS },
      y: { title: 'precision: share of what is found that is right', ...SHARE_AXIS },
      series: seriesOf(curves),
      height: 340,
    }),
    table: areaTable('Average precision', curves),
  });
}

function curvesSay(curves: readonly Curve[], what: string, more: string): string {
  const [first, ...others] = curves;
  if (first === undefined) return more;
  if (others.length === 0) return `For '${first.name}', ${what} ${fixed(first.area)}. ${more}`;
  const worst = curves.reduce(
    (least, one) => ((one.area ?? Infinity) < (least.area ?? Infinity) ? one : least),
    first,
  );
  return `Each class against all others; '${worst.name}' has the smallest ${what}, ${fixed(worst.area)}. ${more}`;
}

function namesOf({ classes }: ClassEvaluation): string[] {
  return classes.map(String);
}
