/**
 * `vinculum train DATA -t TARGET`: reads and divides the rows, trains by the recipe that the library's estimators share, saves
 * the model, and measures what was saved on the rows held out. The last line on stdout is the result.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toSafetensors, VinculumError, type SavableModel, type TrainPlan } from 'vinculum';
import { learn, type RecipeResult } from 'vinculum/internal';
import { chooseCompute, type ComputeChoice } from '../../compute.ts';
import { CommandFailure, EXIT } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { teller, writeJson, type Tell } from '../../messages.ts';
import { preparationNotes } from '../../prepared-columns.ts';
import { counted, duration } from '../../rendering/numbers.ts';
import { progressDisplay, SILENT } from '../../rendering/progress.ts';
import { listed } from '../../rendering/text.ts';
import { scoreOf } from '../../scoring.ts';
import { documentOf, metadataOf, secondsOf } from './document.ts';
import type { TrainOptions } from './flags.ts';
import { prepareFolder, saveModelFile } from './output.ts';
import { planOfFlags, withFlagName, type CommandPlan } from './plan.ts';
import { readTrainingData, rowCounts, validationRows, type TrainingData } from './rows.ts';
import { printSummary } from './summary.ts';

/** Runs the command. */
export async function train(flags: TrainOptions, host: Host): Promise<number> {
  try {
    return await follow(planOfFlags(flags), host);
  } catch (error) {
    throw withFlagName(error, flags);
  }
}

async function follow(plan: CommandPlan, host: Host): Promise<number> {
  const tell = teller(plan, host);
  const { data } = plan.selection;
  const compute = chooseCompute(plan, host);
  const rows = await readTrainingData(plan, host, tell);
  const folder = await prepareFolder(data, plan.output);
  announce(rows, tell);
  const training = plan.training[rows.task];
  const { trained, interrupted } = await trainUntilInterrupted(rows, plan, compute, host);
  const { history } = trained;
  if (interrupted && history.epochs.length === 0) throw interruption();
  const bytes = toSafetensors(stateOf(rows, training, trained), {
    metadata: metadataOf(rows, training.loss.kind, trained),
  });
  const { path, open } = await saveModelFile(folder, bytes, compute.backend);
  const test = scoreOf(open, rows.test);
  const held = validationRows(rows);
  const validation = held && scoreOf(open, held);
  tell(
    `trained ${counted(history.epochs.length, 'epoch')} in ${duration(secondsOf(history))}; the weights are those of epoch ${history.bestEpoch}${history.stoppedBy === 'early-stopping' ? ', since the validation loss got no better' : ''}`,
  );
  const { quiet, json, seed } = plan;
  if (json) writeJson(documentOf(rows, { trained, test, validation, seed, path, compute }), host);
  else printSummary(host, { open, test, validation, path, data, quiet });
  return interrupted ? EXIT.interrupted : EXIT.ok;
}

function announce(rows: TrainingData, tell: Tell): void {
  const classes =
    rows.classes.length === 0
      ? ''
      : `; ${rows.classes.length} classes: ${listed(rows.classes.map(String))}`;
  tell(`task: ${rows.task} of '${rows.known.target.name}' (${rows.reason})${classes}`);
  const { train: learned, validation, test } = rowCounts(rows);
  tell(`rows: ${learned} to train, ${validation} to stop early, ${test} held out`);
}

/** Trains until the end, or until Ctrl-C: then what the finished epochs have learned is kept. */
async function trainUntilInterrupted(
  rows: TrainingData,
  plan: CommandPlan,
  compute: ComputeChoice,
  host: Host,
): Promise<{ readonly trained: RecipeResult; readonly interrupted: boolean }> {
  const signal = { aborted: false };
  let finished = 0;
  const listening = host.onInterrupt(() => {
    signal.aborted = true;
    const kept =
      finished > 0 ? 'the best so far is saved' : 'no epoch is finished, so nothing is saved';
    host.stderr.write(`\nstopping; ${kept} (interrupt again to quit at once)\n`);
  });
  const training = plan.training[rows.task];
  const { patience } = training.stopping;
  const now = (): number => host.now();
  const display = plan.quiet
    ? SILENT
    : progressDisplay(host.stderr, { patience, terminal: host.environment['TERM'], now });
  const tell = teller(plan, host);
  try {
    const trained = await learn({
      where: 'train',
      plan: training,
      known: rows.numbers,
      outputs: rows.task === 'classification' ? rows.classes.length : 1,
      // The command has no other weights than 'balanced', which needs no classes.
      classWeights: training.classWeights === 'balanced' ? 'balanced' : undefined,
      run: {
        ...compute,
        signal,
        onPrepared: (preparation) => {
          for (const note of preparationNotes(preparation)) tell(note);
        },
        onProgress: (progress) => {
          if (progress.record !== undefined) finished++;
          display.update(progress);
        },
      },
    });
    return { trained, interrupted: signal.aborted };
  } catch (error) {
    if (error instanceof VinculumError && error.code === 'aborted') throw interruption();
    throw error;
  } finally {
    display.close();
    // A second interrupt that came while the last step ran is told in the next turn: not to be lost.
    await nextTurn();
    listening();
  }
}

/** The failure of a run that was broken off before it had learned anything. */
function interruption(): CommandFailure {
  return new CommandFailure(
    'interrupted before the first epoch was finished; nothing is saved, and an earlier model stays as it was.',
    { exitCode: EXIT.interrupted, code: 'interrupted' },
  );
}

/** The state of an estimator, made of the parts that were trained. */
function stateOf(rows: TrainingData, plan: TrainPlan, trained: RecipeResult): SavableModel {
  const { preparation, targetScaler, network } = trained;
  const shared = { version: 1, options: {}, plan, preparation, network } as const;
  return targetScaler === undefined
    ? { kind: 'classifier', ...shared, classes: rows.classes }
    : { kind: 'regressor', ...shared, targetScaler, vector: true };
}
