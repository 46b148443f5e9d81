/**
 * The text that a training run prints at its end: the scores, the classes, the path of the model, what to do next, and
 * the result as the last line.
 */
import { dirname, join } from 'node:path';
import { displayWidth, metric, plainLines, sparkline } from '@vinculum/report';
import type { ReportRecord } from '@vinculum/report/page';
import { listed, type RecipeResult } from 'vinculum/internal';
import { shellWord } from '../../rendering/shell-word.ts';
import type { Host } from '../../host.ts';
import { dataSetOf } from '../../data-sources.ts';
import { headline, metricsTable, scoreTables } from '../../rendering/report.ts';
import { widthOf } from '../../rendering/width.ts';
import { RUN_FILES } from '../../run-folder/files.ts';
import type { Score } from '../../score.ts';
import type { JudgedTraining } from './judge.ts';

/** What there is to tell. */
export interface Summary extends Pick<
  JudgedTraining,
  'saved' | 'test' | 'validation' | 'baseline' | 'trained'
> {
  /** DATA of the command, for the commands to try next. */
  readonly data: string;
  readonly noReport: boolean;
  /** Absent if no report is made. */
  readonly report: ReportRecord | undefined;
  /** Only the result. */
  readonly quiet: boolean;
}

/** Prints the summary on stdout; the last line reads `held-out accuracy 0.9778 (352 of 360 rows)`. */
export function printSummary(host: Host, summary: Summary): void {
  const { test, validation, data } = summary;
  const { path, open } = summary.saved;
  const result =
    test === undefined ? 'no rows held out, so nothing is measured' : `held-out ${headline(test)}`;
  if (summary.quiet) {
    host.stdout.write(`${result}\n`);
    return;
  }
  const scores: [string, Score][] = [
    ...(validation === undefined ? [] : [['validation', validation] as [string, Score]]),
    ...(test === undefined ? [] : [['held out', test] as [string, Score]]),
  ];
  const width = widthOf(host.stdout);
  const file = shellWord(path);
  const input = data === '-' ? 'DATA' : shellWord(data);
  const sections = [
    ...curveLines(summary.trained, width),
    ...(scores.length === 0 ? [] : [scoresText(scores, summary, width)]),
    ...(test === undefined ? [] : scoreTables(open, test, width)),
    [
      `model: ${path}`,
      ...(summary.noReport ? [] : [`report: ${join(dirname(path), RUN_FILES.report)}`]),
      `beside it: ${besideModel(test !== undefined)}`,
      'next:',
      `  vinculum predict ${file} ${input}`,
      `  vinculum explain ${file} ${input} --row 1`,
      dataSetOf(data) !== undefined
        ? `  vinculum evaluate ${file} ${input}`
        : `  vinculum inspect ${file}`,
    ].join('\n'),
    result,
  ];
  host.stdout.write(`${sections.map(plainLines).join('\n\n')}\n`);
}

/** What else the folder has. */
function besideModel(isTested: boolean): string {
  const { document, metrics, predictions, card } = RUN_FILES;
  return listed([document, metrics, ...(isTested ? [predictions] : []), card]);
}

/** The most characters of the curve. */
const CURVE_WIDTH = 40;

/**
 * `validation loss █▅▃▂▁▁▂ 0.9362 → 0.0843 (epoch 57)`: the curve of the first network, from its first to its best epoch; on a narrow
 * terminal each part has a line.
 */
function curveLines(
  { histories: [{ epochs, bestEpoch }, ...others] }: RecipeResult,
  width: number,
): string[] {
  const [first] = epochs;
  const best = epochs.find(({ epoch }) => epoch === bestEpoch);
  if (first === undefined || best === undefined || epochs.length < 2) return [];
  const losses = epochs.map(({ validation, loss }) => validation?.loss ?? loss);
  const [from = NaN, to = NaN] = [first, best].map(({ epoch }) => losses[epoch - 1]);
  const which = first.validation === undefined ? 'training loss' : 'validation loss';
  const of = others.length === 0 ? '' : ' of the first network';
  const parts = [
    `${which}${of}`,
    sparkline(losses, Math.min(CURVE_WIDTH, width)),
    `${metric(from)} → ${metric(to)} (epoch ${bestEpoch})`,
  ];
  const line = parts.join(' ');
  return [displayWidth(line) <= width ? line : parts.join('\n')];
}

/** The scores beside those of a guess, and how far the model's own certainty can be trusted. */
function scoresText(
  scores: readonly [string, Score][],
  { baseline, report }: Summary,
  width: number,
): string {
  const table = metricsTable(scores, width, {
    ...(baseline === undefined ? {} : { column: ['guess', baseline.metrics] as const }),
    rows: report === undefined ? [] : calibrationRows(report),
  });
  return baseline === undefined ? table : `${table}\nguess: ${baseline.says}`;
}

/** The expected calibration error of probabilities, or the share of the true numbers that lie in the model's intervals. */
function calibrationRows({ evaluation }: ReportRecord): [string, number][] {
  switch (evaluation?.kind) {
    case 'classes': {
      const { ece } = evaluation.measured.calibration;
      return ece === null ? [] : [['calibration error', ece]];
    }
    case 'numbers': {
      const [target] = evaluation.targets;
      const { level, share } = target?.measured.coverage ?? {};
      if (level === undefined || share === undefined || share === null) return [];
      return [[`in the ${100 * level} % interval`, share]];
    }
    case 'labels':
    case undefined:
      return [];
    default:
      return evaluation satisfies never;
  }
}
