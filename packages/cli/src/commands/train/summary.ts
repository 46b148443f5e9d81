/**
 * The text that a training run prints at its end: the scores, the classes, the path of the model, what to do next, and
 * the result as the last line.
 */
import { dirname, join } from 'node:path';
import { metric, plainLines } from '@vinculum/report';
import { listed } from 'vinculum/internal';
import { shellWord } from '../../rendering/shell-word.ts';
import type { Host } from '../../host.ts';
import { dataSetOf } from '../../data-sources.ts';
import { headline, metricsTable, scoreTables } from '../../rendering/report.ts';
import { widthOf } from '../../rendering/width.ts';
import { RUN_FILES } from '../../run-folder/files.ts';
import type { Score } from '../../score.ts';
import type { Baseline } from './baseline.ts';
import type { JudgedTraining } from './judge.ts';

/** What there is to tell. */
export interface Summary extends Pick<
  JudgedTraining,
  'saved' | 'test' | 'validation' | 'baseline' | 'trained'
> {
  /** DATA of the command, for the commands to try next. */
  readonly data: string;
  readonly noReport: boolean;
  /** Only the result. */
  readonly quiet: boolean;
}

/** Prints the summary on stdout; the last line reads `held-out accuracy 0.9778 (352 of 360 rows)`. */
export function printSummary(host: Host, summary: Summary): void {
  const { test, validation, baseline, data } = summary;
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
    ...(scores.length === 0 ? [] : [metricsTable(scores, width)]),
    ...(baseline === undefined ? [] : [baselineLine(baseline)]),
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

/** `a guess (always 'Adelie'):` and below it `  accuracy 0.4348` */
function baselineLine({ metrics, says }: Baseline): string {
  const values = Object.entries(metrics).map(([name, value]) => `  ${name} ${metric(value)}`);
  return [`a guess (${says}):`, ...values].join('\n');
}
