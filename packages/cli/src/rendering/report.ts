/**
 * The score of a model as people read it: metrics, the report of classes, the confusion matrix, and the one
 * line that sums it up.
 */
import { grouped, metric, renderTable, clip } from '@vinculum/report';
import type { Label } from 'vinculum';
import { classReport, labelReport, type ClassScore } from 'vinculum/internal';
import type { OpenModel } from '../open-model.ts';
import type { Score } from '../score.ts';

/** The most classes whose confusion matrix is printed. */
const MAX_MATRIX_CLASSES = 20;

/**
 * `accuracy 0.9778 (352 of 360 rows)` or `R² 0.8431 (88 rows)`. If rows have weights, or a row has several answers, the
 * parentheses say it.
 */
export function headline(score: Score): string {
  const { metrics, rows, correct, weight, targets } = score;
  const accuracy = metrics.get('accuracy');
  const weighted = weight === undefined ? '' : ` weighted by '${weight}'`;
  const all = `${rows} ${rows === 1 ? 'row' : 'rows'}`;
  if (accuracy === undefined) {
    const mean = targets === undefined ? '' : `, mean of ${targets.size} targets`;
    return `R² ${fixed(metrics.get('r2') ?? NaN)} (${all}${weighted}${mean})`;
  }
  if (weight !== undefined) return `accuracy ${fixed(accuracy)} (${all}${weighted})`;
  return `accuracy ${fixed(accuracy)} (${correct} of ${rows} rows)`;
}

/** Four decimals always: the line is read by programs too. */
function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : String(value);
}

/** What a table of metrics has beside the scores. */
export interface BesideScores {
  /** A last column of metrics, such as those of a guess; it has no rows. */
  readonly column?: readonly [title: string, metrics: Readonly<Record<string, number>>];
  /** Further rows, whose values stand in the column of the last score. */
  readonly rows?: readonly (readonly [name: string, value: number])[];
}

/** Scores side by side: one column each. */
export function metricsTable(
  scores: readonly (readonly [title: string, score: Score])[],
  width?: number,
  { column, rows = [] }: BesideScores = {},
): string {
  const names = [...(scores[0]?.[1].metrics.keys() ?? [])];
  const [title, metrics = {}] = column ?? [];
  const last = (text: string): string[] => (title === undefined ? [] : [text]);
  const titles = [...scores.map(([one]) => one), ...last(title ?? '')];
  const blank = scores.slice(1).map(() => '');
  return renderTable(
    [{ title: 'metric' }, ...titles.map((one) => ({ title: one, align: 'right' as const }))],
    [
      ...names.map((name) => [
        name,
        ...scores.map(([, score]) => metric(score.metrics.get(name) ?? NaN)),
        ...last(metrics[name] === undefined ? '' : metric(metrics[name])),
      ]),
      ...rows.map(([name, value]) => [name, ...blank, metric(value), ...last('')]),
      ['rows', ...scores.map(([, score]) => grouped(score.rows)), ...last('')],
    ],
    width,
  );
}

/** What there is to show of a score beside its metrics: classes and their confusion, labels, or several targets. */
export function scoreTables({ classes, task }: OpenModel, score: Score, width?: number): string[] {
  const names = classes.map(shortLabel);
  switch (task) {
    case 'classification': {
      const report = classReport(score.confusion, classes.length);
      const matrix = confusionTable(score, classes, width);
      const table = reportTable({ title: 'class', names, report, score }, width);
      return [table, ...(matrix === undefined ? [] : [matrix])];
    }
    case 'multilabel': {
      const report = labelReport(score.confusion, classes.length);
      return [reportTable({ title: 'label', names, report, score }, width)];
    }
    case 'regression':
    case 'numbers':
      return score.targets === undefined ? [] : [targetTable(score.targets, width)];
    default:
      return task satisfies never;
  }
}

/** The metrics of each target. */
function targetTable(
  targets: ReadonlyMap<string, ReadonlyMap<string, number>>,
  width?: number,
): string {
  const names = [...([...targets.values()][0]?.keys() ?? [])];
  return renderTable(
    [{ title: 'target' }, ...names.map((title) => ({ title, align: 'right' as const }))],
    Array.from(targets, ([target, values]) => [
      shortLabel(target),
      ...names.map((name) => metric(values.get(name) ?? NaN)),
    ]),
    width,
  );
}

/** Precision, recall, F1 and rows of each class or label. */
function reportTable(
  {
    title,
    names,
    report,
    score,
  }: {
    readonly title: string;
    readonly names: readonly string[];
    readonly report: readonly ClassScore[];
    readonly score: Score;
  },
  width?: number,
): string {
  const count = score.weight === undefined ? 'rows' : 'weight';
  const numbers = ['precision', 'recall', 'f1', count];
  return renderTable(
    [{ title }, ...numbers.map((name) => ({ title: name, align: 'right' as const }))],
    report.map((one, index) => [
      names[index] ?? '',
      one.precision.toFixed(4),
      one.recall.toFixed(4),
      one.f1.toFixed(4),
      grouped(one.support),
    ]),
    width,
  );
}

/** Rows are the true classes, columns the predictions. Undefined if there are too many classes for a screen. */
function confusionTable(
  score: Score,
  classes: readonly Label[],
  width?: number,
): string | undefined {
  const { length } = classes;
  if (length > MAX_MATRIX_CLASSES) return undefined;
  const columns = classes.map((label) => ({
    title: clip(String(label), length > 8 ? 6 : 12),
    align: 'right' as const,
  }));
  return renderTable(
    [{ title: 'true \\ predicted' }, ...columns],
    classes.map((label, truth) => [
      shortLabel(label),
      ...classes.map((_, guess) => grouped(score.confusion[truth * length + guess] ?? 0)),
    ]),
    width,
  );
}

function shortLabel(label: Label | undefined): string {
  return clip(String(label), 24);
}
