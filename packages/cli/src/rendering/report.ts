/**
 * The score of a model as people read it: metrics, the report of classes, the confusion matrix, and the one
 * line that sums it up.
 */
import { grouped, metric, renderTable, clip } from '@vinculum/report';
import type { Label } from 'vinculum';
import { classReport } from 'vinculum/internal';
import type { Score } from '../scoring.ts';

/** The most classes whose confusion matrix is printed. */
const MAX_MATRIX_CLASSES = 20;

/** `accuracy 0.9778 (352 of 360 rows)` or `R² 0.8431 (88 rows)`. */
export function headline(score: Score): string {
  const accuracy = score.metrics.get('accuracy');
  return accuracy === undefined
    ? `R² ${fixed(score.metrics.get('r2') ?? NaN)} (${score.rows} ${score.rows === 1 ? 'row' : 'rows'})`
    : `accuracy ${fixed(accuracy)} (${score.correct} of ${score.rows} rows)`;
}

/** Four decimals always: the line is read by programs too. */
function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : String(value);
}

/** Scores side by side: one column each. */
export function metricsTable(
  scores: readonly (readonly [title: string, score: Score])[],
  width?: number,
): string {
  const names = [...(scores[0]?.[1].metrics.keys() ?? [])];
  return renderTable(
    [{ title: 'metric' }, ...scores.map(([title]) => ({ title, align: 'right' as const }))],
    [
      ...names.map((name) => [
        name,
        ...scores.map(([, score]) => metric(score.metrics.get(name) ?? NaN)),
      ]),
      ['rows', ...scores.map(([, score]) => grouped(score.rows))],
    ],
    width,
  );
}

/** Precision, recall, F1 and rows of each class. */
export function classTable(score: Score, classes: readonly Label[], width?: number): string {
  return renderTable(
    [
      { title: 'class' },
      { title: 'precision', align: 'right' },
      { title: 'recall', align: 'right' },
      { title: 'f1', align: 'right' },
      { title: 'rows', align: 'right' },
    ],
    classReport(score.confusion, classes.length).map((one, index) => [
      shortLabel(classes[index]),
      one.precision.toFixed(4),
      one.recall.toFixed(4),
      one.f1.toFixed(4),
      grouped(one.support),
    ]),
    width,
  );
}

/** Rows are the true classes, columns the predictions. Undefined if there are too many classes for a screen. */
export function confusionTable(
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
