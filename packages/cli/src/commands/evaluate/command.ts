/**
 * `vinculum evaluate MODEL DATA`: metrics of a model on rows with truth, and, with `--fail-under`, a bar that
 * a script can rely on.
 */
import { metric, plainLines } from '@vinculum/report';
import { nearest, listed } from 'vinculum/internal';
import type { Bar } from '../../command-line/readers.ts';
import { chooseCompute } from '../../compute.ts';
import { dataSetOf } from '../../data-sources.ts';
import { CommandFailure, dataFailure, EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { quoted, skippedNote } from '../../labelled-rows.ts';
import { teller, writeJson } from '../../messages.ts';
import { readLabelledRows, targetNames, weightRole } from '../../model-rows.ts';
import { openModel, type OpenModel } from '../../open-model.ts';
import { headline, metricsTable, scoreTables } from '../../rendering/report.ts';
import { weightsOf } from '../../roles.ts';
import { metricsDocument, targetsDocument, type Score } from '../../score.ts';
import { barMetrics, scorerFor } from '../../scoring.ts';
import { widthOf } from '../../rendering/width.ts';
import { askedMetrics } from './asked-metrics.ts';
import type { EvaluatePlan } from './flags.ts';

/** Runs the command. */
export async function evaluate(plan: EvaluatePlan, host: Host): Promise<number> {
  const { model, data, failUnder: bars, metrics } = plan;
  const computing = chooseCompute({}, host);
  const tell = teller(plan, host);
  const open = await openModel(model, { computing, data, tell });
  checkBars(bars, open);
  const asked = [...askedMetrics(metrics, open), ...bars.map((bar) => bar.metric)];
  const scorer = scorerFor(open, asked);
  let skipped = 0;
  let score: Score;
  const role = weightRole(open, plan);
  let isWeighted = false;
  try {
    for await (const batch of readLabelledRows(data, open, plan, host)) {
      const weights = weightsOf(batch.labelled, role);
      isWeighted ||= weights !== undefined;
      scorer.add(batch.labelled, weights);
      skipped += batch.skipped;
    }
    score = { ...scorer.score(), weight: isWeighted ? role.weight : undefined };
  } finally {
    scorer.close();
  }
  const set = dataSetOf(data);
  const targets = set === undefined ? targetNames(open, plan) : [set.target];
  if (score.rows === 0) {
    throw dataFailure(`'${data}' must have rows with a value of ${quoted(targets)}; it has none.`, {
      hint: 'name the column of the truth with -t',
    });
  }
  checkOutputs(score);
  if (skipped > 0) tell(skippedNote(skipped, targets));
  if (role.weight !== undefined && !isWeighted) {
    tell(`DATA has no column '${role.weight}', which weighed the training; every row counts once`);
  }
  const missed = bars.filter((bar) => !(metricOf(score, bar) >= bar.value));
  if (plan.json) {
    writeJson({ ...documentOf(model, targets, open, score), missed }, host);
    return missed.length === 0 ? EXIT.ok : EXIT.barMissed;
  }
  print(host, open, score, plan.quiet);
  if (missed.length === 0) return EXIT.ok;
  throw barFailure(missed, score);
}

/**
 * @throws {CommandFailure} exit 3 when an output of the model was NaN or infinite, which makes its error so too, or when a
 *   true value is too large for the square of its error
 */
function checkOutputs({ metrics, farthest }: Score): void {
  if (farthest !== undefined) {
    const { row, column, value } = farthest;
    throw dataFailure(
      `row ${row}, column '${column}': must be so near to the prediction that the square of the error is a finite number; got ${value}.`,
      { code: 'non-finite', hint: 'correct the file there and run the command again' },
    );
  }
  for (const name of ['loss', 'rmse', 'mae']) {
    const value = metrics.get(name) ?? 0;
    if (Number.isFinite(value)) continue;
    throw dataFailure(
      `the outputs of the model must be finite numbers on every row; they give ${name} ${value}.`,
      { code: 'non-finite', hint: "'vinculum predict' with the same model and data names the row" },
    );
  }
}

function checkBars(bars: readonly Bar[], open: OpenModel): void {
  if (bars.length === 0) return;
  const metrics = barMetrics(open);
  const known = metrics.filter(({ better }) => better === 'up').map(({ name }) => name);
  for (const { metric: name } of bars) {
    if (known.includes(name)) continue;
    // For a metric of which less is better, a bar would be a ceiling.
    if (metrics.some((one) => one.name === name)) {
      throw usageFailure(`--fail-under needs a metric of which more is better; got '${name}'.`, {
        hint: `such as --fail-under ${known[0]}=0.9`,
      });
    }
    const near = nearest(name, known);
    throw usageFailure(
      `--fail-under: there is no metric '${name}' here. There are ${listed(known)}.`,
      {
        hint: `such as --fail-under ${known[0]}=0.9`,
        replace: near === undefined ? undefined : { wrong: name, right: near },
      },
    );
  }
}

function metricOf(score: Score, bar: Bar): number {
  return score.metrics.get(bar.metric) ?? NaN;
}

function barFailure(missed: readonly Bar[], score: Score): CommandFailure {
  const parts = missed.map((bar) => {
    const value = metricOf(score, bar);
    return Number.isNaN(value)
      ? `${bar.metric} is not defined for these rows`
      : `${bar.metric} ${metric(value)} is below ${bar.value}`;
  });
  return new CommandFailure(`the bar is missed: ${parts.join('; ')}.`, {
    exitCode: EXIT.barMissed,
    code: 'bar-missed',
    hint: 'train longer or on more rows, or lower the bar',
  });
}

function documentOf(
  path: string,
  targets: readonly string[],
  open: OpenModel,
  score: Score,
): object {
  return {
    schema: 'vinculum.evaluate/1',
    model: path,
    task: open.task,
    ...targetsDocument(targets),
    rows: score.rows,
    ...(score.weight === undefined ? {} : { weight: score.weight }),
    metrics: metricsDocument(score),
    ...classesDocument(open, score),
  };
}

/** The classes with their confusion matrix, or each label with its matrix of false and true. */
function classesDocument({ task, classes }: OpenModel, { confusion }: Score): object {
  const { length } = classes;
  const block = (start: number, size: number): number[] =>
    Array.from(confusion.subarray(start, start + size));
  if (task === 'multilabel') {
    return {
      labels: classes,
      confusion: classes.map((_, label) => [block(4 * label, 2), block(4 * label + 2, 2)]),
    };
  }
  if (length === 0) return {};
  return { classes, confusion: classes.map((_, truth) => block(truth * length, length)) };
}

function print(host: Host, open: OpenModel, score: Score, quiet: boolean): void {
  const width = widthOf(host.stdout);
  const sections = quiet
    ? [headline(score)]
    : [
        metricsTable([['value', score]], width),
        ...scoreTables(open, score, width),
        headline(score),
      ];
  host.stdout.write(`${sections.map(plainLines).join('\n\n')}\n`);
}
