/**
 * `vinculum check`: verifies that the mathematics on this machine is right: known answers, gradients of every
 * activation and loss against finite differences, backends against the reference. With MODEL and DATA, the
 * gradients of that model on those rows. Gradients are checked on the reference, in float64.
 */
import type { RowRange } from '../arguments.ts';
import { checkBackends } from '../checks/backends.ts';
import type { CheckResult } from '../checks/check-result.ts';
import { checkEveryGradient, checkModelGradients } from '../checks/gradients.ts';
import { checkKnownAnswers } from '../checks/known-answers.ts';
import { chooseCompute } from '../compute.ts';
import { CommandFailure, EXIT, usageFailure } from '../failure.ts';
import type { Host } from '../host.ts';
import { countRows } from '../labelled-rows.ts';
import { teller, writeJson, type CommonOptions } from '../messages.ts';
import { readRange, truthsOf, type RowOptions } from '../model-rows.ts';
import { openModel } from '../open-model.ts';
import { styleFor } from '../rendering/colour.ts';
import { counted, duration } from '../rendering/numbers.ts';
import { plainText } from '../rendering/text.ts';

interface CheckOptions extends CommonOptions, RowOptions {
  readonly rows?: RowRange;
}

/** Rows of DATA that are checked where `--rows` does not say. */
const DEFAULT_ROWS: RowRange = { first: 1, last: 8 };

/** Runs the command. */
export async function check(
  words: readonly string[],
  options: CheckOptions,
  host: Host,
): Promise<number> {
  const [path, data] = words;
  if (path !== undefined && data === undefined) {
    throw usageFailure('check needs a model and its data, or neither.', {
      hint: `vinculum check ${path} DATA`,
    });
  }
  const { backend } = chooseCompute({}, host);
  const started = host.now();
  const results =
    path === undefined || data === undefined
      ? [...checkKnownAnswers(), ...checkEveryGradient(), ...(await checkBackends(backend))]
      : [await checkModel(path, data, options, host)];
  const passed = results.every((result) => result.passed);
  if (options.json === true) {
    writeJson({ schema: 'vinculum.check/1', passed, checks: results }, host);
    return passed ? EXIT.ok : EXIT.failed;
  }
  print(results, options, host);
  if (!passed) {
    const failed = results.filter((result) => !result.passed).length;
    throw new CommandFailure(`${counted(failed, 'check')} of ${results.length} failed.`, {
      code: 'check-failed',
      hint: "please report it with the output of 'vinculum doctor'",
    });
  }
  teller(
    options,
    host,
  )(`${counted(results.length, 'check')} passed in ${duration((host.now() - started) / 1000)}`);
  return EXIT.ok;
}

async function checkModel(
  path: string,
  data: string,
  options: CheckOptions,
  host: Host,
): Promise<CheckResult> {
  const open = await openModel(path, { data });
  const labelled = await readRange(data, open, options, options.rows ?? DEFAULT_ROWS, host);
  const result = checkModelGradients(
    open.network,
    open.inputs(labelled.rows),
    truthsOf(open, labelled),
    open.loss,
  );
  return { ...result, detail: `${counted(countRows(labelled), 'row')}, ${result.detail}` };
}

function print(results: readonly CheckResult[], options: CheckOptions, host: Host): void {
  const style = styleFor(host.stdout, host.environment);
  for (const { name, passed, detail } of results) {
    if (passed && options.quiet === true) continue;
    const mark = passed ? style.green('ok  ') : style.red('FAIL');
    host.stdout.write(`${mark}  ${plainText(name)}: ${plainText(detail)}\n`);
  }
}
