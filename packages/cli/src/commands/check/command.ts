/**
 * `vinculum check`: verifies that the mathematics on this machine is right: known answers, gradients of every
 * activation and loss against finite differences, backends against the reference. With MODEL and DATA, the
 * gradients of that model on those rows. Gradients are checked on the reference, in float64.
 */
import { counted, duration, plainText } from '@vinculum/report';
import { checkBackends } from '../../checks/backends.ts';
import type { CheckResult } from '../../checks/check-result.ts';
import { checkEveryGradient, checkModelGradients } from '../../checks/gradients.ts';
import { checkKnownAnswers } from '../../checks/known-answers.ts';
import { chooseCompute } from '../../compute.ts';
import { CommandFailure, EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { countRows } from '../../labelled-rows.ts';
import { teller, writeJson } from '../../messages.ts';
import { readRange } from '../../model-rows.ts';
import { truthsOf } from '../../target-values.ts';
import { openModel } from '../../open-model.ts';
import { styleFor } from '../../rendering/colour.ts';
import type { CheckPlan } from './flags.ts';

/** Runs the command. */
export async function check(plan: CheckPlan, host: Host): Promise<number> {
  const { model, data } = plan;
  if (model !== undefined && data === undefined) {
    throw usageFailure('check needs a model and its data, or neither.', {
      hint: `vinculum check ${model} DATA`,
    });
  }
  const { backend } = chooseCompute({}, host);
  const started = host.now();
  const results =
    model === undefined || data === undefined
      ? [...checkKnownAnswers(), ...checkEveryGradient(), ...(await checkBackends(backend))]
      : [await checkModel(model, data, plan, host)];
  const passed = results.every((result) => result.passed);
  if (plan.json) {
    writeJson({ schema: 'vinculum.check/1', passed, checks: results }, host);
    return passed ? EXIT.ok : EXIT.failed;
  }
  print(results, plan, host);
  if (!passed) {
    const failed = results.filter((result) => !result.passed).length;
    throw new CommandFailure(`${counted(failed, 'check')} of ${results.length} failed.`, {
      code: 'check-failed',
      hint: "please report it with the output of 'vinculum doctor'",
    });
  }
  teller(
    plan,
    host,
  )(`${counted(results.length, 'check')} passed in ${duration((host.now() - started) / 1000)}`);
  return EXIT.ok;
}

async function checkModel(
  model: string,
  data: string,
  plan: CheckPlan,
  host: Host,
): Promise<CheckResult> {
  const open = await openModel(model, { data, tell: teller(plan, host) });
  const labelled = await readRange(data, open, plan, plan.rows, host);
  const result = checkModelGradients(
    open.network,
    open.inputs(labelled.rows),
    truthsOf(open, labelled),
    open.loss,
  );
  return { ...result, detail: `${counted(countRows(labelled), 'row')}, ${result.detail}` };
}

function print(results: readonly CheckResult[], { quiet }: CheckPlan, host: Host): void {
  const style = styleFor(host.stdout, host.environment);
  for (const { name, passed, detail } of results) {
    if (passed && quiet) continue;
    const mark = passed ? style.green('ok  ') : style.red('FAIL');
    host.stdout.write(`${mark}  ${plainText(name)}: ${plainText(detail)}\n`);
  }
}
