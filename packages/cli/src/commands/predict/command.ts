/**
 * `vinculum predict MODEL DATA`: one prediction a row, in the order of the rows, streamed.
 */
import { counted } from '@vinculum/report';
import type { Intervals, Prediction } from 'vinculum';
import { faultOf, listed, printFault } from 'vinculum/internal';
import { chooseCompute } from '../../compute.ts';
import { EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { untilStopped } from '../../interrupt.ts';
import { quoted } from '../../labelled-rows.ts';
import { readRows } from '../../model-rows.ts';
import { openModel, type OpenModel } from '../../open-model.ts';
import { teller, type Tell } from '../../messages.ts';
import { openSink } from '../../text-file.ts';
import { besideOf, namesBeside, type BesideRequest } from './beside.ts';
import type { PredictPlan } from './flags.ts';
import { CsvWriter, JsonWriter } from '../../prediction-writers.ts';

/** Runs the command. */
export async function predict(plan: PredictPlan, host: Host): Promise<number> {
  const { model, data } = plan;
  const computing = chooseCompute({}, host);
  const tell = teller(plan, host);
  const open = await openModel(model, { computing, data, tell });
  if (plan.proba && open.task !== 'classification' && open.task !== 'multilabel') {
    throw usageFailure('--proba goes with classes; the model predicts numbers.', {
      hint: 'leave --proba off',
    });
  }
  const { interval: level } = plan;
  if (level !== undefined) checkInterval(open);
  const withInterval = level !== undefined;
  const writer =
    plan.format === 'csv'
      ? new CsvWriter(open, { ...plan, withInterval, isShown: isShown(plan, host) })
      : new JsonWriter(open, { ...plan, withInterval });
  const inputs = new Set(open.kinds?.keys());
  const request: BesideRequest = { inputs, ids: open.roles.id, plan };
  let columns: readonly string[] = [];
  const onColumns = (names: readonly string[]): void => {
    columns = names;
    if (inputs.size > 0) tellUnused(names, request, open, tell);
  };
  let empty = 0;
  const sink = await openSink(plan.output, host);
  try {
    let isFirst = true;
    for await (const { rows, numbers } of untilStopped(
      readRows(data, open, { ...plan, onColumns }, host),
      host,
    )) {
      const beside = besideOf(rows, request);
      empty += beside.empty.size;
      const header = isFirst ? writer.header(beside.names) : '';
      const outputs = open.outputs(rows);
      const intervals = level === undefined ? undefined : intervalsOf(open, outputs, level);
      await sink.write(header + writer.rows(open.meanOf(outputs), numbers, beside, intervals));
      isFirst = false;
    }
    if (isFirst) await sink.write(writer.header(namesBeside(columns, request)));
    await sink.finish();
    if (empty > 0) tell(`${counted(empty, 'row')} without any value: no prediction`);
    return EXIT.ok;
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

/** Says which columns of DATA the model does not use, and which of its own columns DATA lacks without harm. */
function tellUnused(
  names: readonly string[],
  request: BesideRequest,
  { targets, roles }: OpenModel,
  tell: Tell,
): void {
  const used = new Set([...request.inputs, ...namesBeside(names, request), ...targets]);
  const unused = names.filter((name) => !used.has(name));
  if (unused.length > 0) tell(`columns that the model does not use: ${listed(unused)}`);
  const there = new Set(names);
  const lacking = roles.id.filter((name) => !there.has(name));
  if (lacking.length > 0) {
    tell(
      `DATA has no ${lacking.length === 1 ? 'column' : 'columns'} ${quoted(lacking)}, so predictions come without`,
    );
  }
}

/** @throws {CommandFailure} exit 2 when the model predicts no numbers, or has no errors to make intervals from */
function checkInterval(open: OpenModel): void {
  if (open.task === 'classification' || open.task === 'multilabel') {
    throw usageFailure('--interval goes with numbers; the model predicts classes.', {
      hint: 'use --proba, which writes how sure each class is',
    });
  }
  if (open.interval !== undefined) return;
  throw usageFailure(
    '--interval needs rows that were held out in training; the model was trained without any, or by an older version.',
    { hint: 'train the model again, without --fit-all' },
  );
}

/** @throws {CommandFailure} exit 2 when so high a level needs more held-out rows than there were */
function intervalsOf(
  open: OpenModel,
  outputs: readonly Prediction[],
  level: number,
): Intervals | undefined {
  try {
    return open.interval?.(outputs, level);
  } catch (error) {
    const fault = error instanceof RangeError ? faultOf(error) : undefined;
    if (fault === undefined) throw error;
    const message = printFault({ ...fault, where: '', subject: '--interval', remedy: undefined });
    throw usageFailure(message, {
      hint: 'ask for a smaller level, or train on more rows',
      cause: error,
    });
  }
}

/** Whether the predictions go to a terminal. If so, a label must not be able to move the cursor. */
function isShown({ output }: PredictPlan, { stdout }: Host): boolean {
  return (output === undefined || output === '-') && stdout.isTerminal;
}
