/**
 * The text that a training run prints at its end: the scores, the classes, the path of the model, what to do next, and
 * the result as the last line.
 */
import { plainLines } from '@vinculum/report';
import { shellWord } from '../../rendering/shell-word.ts';
import type { Host } from '../../host.ts';
import { dataSetOf } from '../../data-sources.ts';
import type { OpenModel } from '../../open-model.ts';
import { classTable, confusionTable, headline, metricsTable } from '../../rendering/report.ts';
import { widthOf } from '../../rendering/width.ts';
import type { Score } from '../../scoring.ts';

/** What there is to tell. */
export interface Summary {
  readonly open: OpenModel;
  readonly test: Score;
  readonly validation: Score | undefined;
  readonly path: string;
  /** DATA of the command, for the commands to try next. */
  readonly data: string;
  /** Only the result. */
  readonly quiet: boolean;
}

/** Prints the summary on stdout; the last line reads `held-out accuracy 0.9778 (352 of 360 rows)`. */
export function printSummary(host: Host, summary: Summary): void {
  const { open, test, validation, path, data } = summary;
  const result = `held-out ${headline(test)}`;
  if (summary.quiet) {
    host.stdout.write(`${result}\n`);
    return;
  }
  const scores: [string, Score][] = [
    ...(validation === undefined ? [] : [['validation', validation] as [string, Score]]),
    ['held out', test],
  ];
  const width = widthOf(host.stdout);
  const confusion =
    open.task === 'classification' ? confusionTable(test, open.classes, width) : undefined;
  const file = shellWord(path);
  const input = data === '-' ? 'DATA' : shellWord(data);
  const sections = [
    metricsTable(scores, width),
    ...(confusion === undefined ? [] : [classTable(test, open.classes, width), confusion]),
    [
      `model: ${path}`,
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
