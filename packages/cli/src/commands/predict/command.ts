/**
 * `vinculum predict MODEL DATA`: one prediction a row, in the order of the rows, streamed.
 */
import { counted } from '@vinculum/report';
import { chooseCompute } from '../../compute.ts';
import { EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { untilStopped } from '../../interrupt.ts';
import { readRows } from '../../model-rows.ts';
import { openModel, type OpenModel } from '../../open-model.ts';
import { teller } from '../../messages.ts';
import { openSink } from '../../text-file.ts';
import { besideOf, keptNames } from './beside.ts';
import type { PredictPlan } from './flags.ts';
import { CsvWriter, JsonWriter } from './writers.ts';

/** Runs the command. */
export async function predict(plan: PredictPlan, host: Host): Promise<number> {
  const { model, data } = plan;
  const computing = chooseCompute({}, host);
  const tell = teller(plan, host);
  const open = await openModel(model, { computing, data, tell });
  if (plan.proba && open.task !== 'classification') {
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
  const needed = [...(open.kinds?.keys() ?? [])];
  let empty = 0;
  const sink = await openSink(plan.output, host);
  try {
    let isFirst = true;
    for await (const { rows, numbers } of untilStopped(readRows(data, open, plan, host), host)) {
      const beside = besideOf(rows, needed, plan);
      empty += beside.empty.size;
      const header = isFirst ? writer.header(beside.names) : '';
      await sink.write(
        header +
          writer.rows(
            open.predict(rows),
            numbers,
            beside,
            level === undefined ? undefined : open.interval?.(rows, level),
          ),
      );
      isFirst = false;
    }
    if (isFirst) await sink.write(writer.header(keptNames(plan.keep ?? [])));
    await sink.finish();
    if (empty > 0) tell(`${counted(empty, 'row')} without any value: no prediction`);
    return EXIT.ok;
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

/** @throws {CommandFailure} exit 2 when the model predicts no numbers, or has no errors to make intervals from */
function checkInterval(open: OpenModel): void {
  if (open.task === 'classification') {
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

/** Whether the predictions go to a terminal. If so, a label must not be able to move the cursor. */
function isShown({ output }: PredictPlan, { stdout }: Host): boolean {
  return (output === undefined || output === '-') && stdout.isTerminal;
}
