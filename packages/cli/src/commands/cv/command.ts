/**
 * `vinculum cv DATA -t TARGET`: trains once for each fold on the rows outside it, measures the model on the fold, and shows the
 * scores with their mean and deviation. No model is saved.
 */
import { listed, crossLearn, foldsOfRequest } from 'vinculum/internal';
import { VinculumError, type CrossValidation, type FoldScore } from 'vinculum';
import { duration } from '@vinculum/report';
import { checkBackend, chooseCompute, type Computing } from '../../compute.ts';
import { EXIT } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { listenForStop } from '../../interrupt.ts';
import { countRows } from '../../labelled-rows.ts';
import { teller, writeJson } from '../../messages.ts';
import { rolesDocument } from '../../roles.ts';
import { targetsDocument } from '../../score.ts';
import { widthOf } from '../../rendering/width.ts';
import { planOfFlags, withFlagName, type CommandPlan } from '../train/plan.ts';
import { requestOf, taskNote } from '../train/request.ts';
import { readTrainingData, type TrainingData } from '../train/rows.ts';
import type { TrainOptions } from '../train/flags.ts';
import type { CvOptions } from './flags.ts';
import { crossHeadline, CROSS_METRICS, crossTable, namedMetrics } from './scores.ts';

/** What a signal means. */
const NO_RESULT = 'interrupted before the last fold was measured: there is no result.';

/** Runs the command. */
export async function cv(flags: CvOptions, host: Host): Promise<number> {
  // Every row is in a fold, so no row is held out before. There is no folder of a run.
  const training: TrainOptions = {
    ...flags,
    fitAll: false,
    printConfig: false,
    noReport: true,
    tensorboard: false,
  };
  try {
    const compute = chooseCompute(flags, host);
    const plan = { ...planOfFlags(training, compute.numerics), testFraction: 0 };
    const { rows, result } = await measured(plan, flags.folds, compute, host);
    if (flags.json) writeJson(documentOf(rows, result, plan, compute), host);
    else {
      if (!flags.quiet)
        host.stdout.write(`${crossTable(rows.task, result, widthOf(host.stdout))}\n\n`);
      host.stdout.write(`${crossHeadline(rows.task, result, countRows(rows.known))}\n`);
    }
    return EXIT.ok;
  } catch (error) {
    throw withFlagName(error, training, 'cv');
  }
}

/** The rows, and the scores of all folds. */
async function measured(
  plan: CommandPlan,
  folds: number,
  compute: Computing,
  host: Host,
): Promise<{ readonly rows: TrainingData; readonly result: CrossValidation }> {
  const tell = teller(plan, host);
  const stop = listenForStop(host, NO_RESULT);
  try {
    const rows = await stop.orStopped(readTrainingData(plan, host, tell));
    tell(taskNote(rows));
    for (const { message } of rows.warnings) tell(`warning: ${message}`);
    const request = {
      ...requestOf('cv', rows, plan.training[rows.task]),
      run: { ...compute, signal: stop.signal },
    };
    const metrics = CROSS_METRICS[rows.task].map(([, metric]) => metric);
    const result = await crossLearn({
      request,
      splits: foldsOfRequest(request, folds, plan.seed),
      metrics,
      onFold: (score, fold) => tell(foldNote(rows, score, `${fold} of ${folds}`)),
    });
    return { rows, result };
  } catch (error) {
    if (error instanceof VinculumError && error.code === 'aborted') stop.signal.throwIfAborted();
    throw error;
  } finally {
    stop.close();
  }
}

function foldNote({ task }: TrainingData, score: FoldScore, fold: string): string {
  const { rows, metrics, epochs, seconds } = score;
  const values = Object.entries(namedMetrics(task, metrics)).slice(0, 2);
  const shown = values.map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return `fold ${fold}: ${listed(shown)} on ${rows.test} rows; ${epochs} epochs in ${duration(seconds)}`;
}

/** The document of `--json`. */
function documentOf(
  rows: TrainingData,
  { folds, mean, deviation }: CrossValidation,
  plan: CommandPlan,
  { backend }: Computing,
): object {
  const { task, classes, known, warnings, roles } = rows;
  return {
    schema: 'vinculum.cv/1',
    task,
    ...targetsDocument(known.targets.map(({ name }) => name)),
    ...(task === 'classification' ? { classes } : {}),
    ...rolesDocument(roles),
    rows: countRows(known),
    folds: folds.map((fold) => ({ rows: fold.rows, metrics: namedMetrics(task, fold.metrics) })),
    mean: namedMetrics(task, mean),
    standardDeviation: namedMetrics(task, deviation),
    ...(warnings.length === 0 ? {} : { warnings }),
    seed: plan.seed,
    backend: checkBackend(backend),
  };
}
