/**
 * The training itself: reads and divides the rows, trains by the recipe that the library's estimators share, and saves the model. A
 * signal ends it early; what was learned by then is saved if an epoch has ended.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { scratchStorage } from '@vinculum/io';
import {
  preparationNotes,
  toSafetensors,
  VinculumError,
  type History,
  type SavableModel,
  type TrainPlan,
} from 'vinculum';
import { learn, membersOf, savedNetworks, type RecipeResult } from 'vinculum/internal';
import type { Computing } from '../../compute.ts';
import { tellNotes } from '../../data-notes.ts';
import type { Host, StopSignal } from '../../host.ts';
import { listenForStop } from '../../interrupt.ts';
import { teller, type Tell } from '../../messages.ts';
import { ensembleDisplay } from '../../rendering/ensemble-progress.ts';
import { progressDisplay, SILENT, type ProgressDisplay } from '../../rendering/progress.ts';
import { identifyData, type DataFile } from '../../run-folder/data-file.ts';
import { metadataOf } from './model-texts.ts';
import { prepareFolder, saveModelFile, type SavedModel } from './output.ts';
import type { CommandPlan } from './plan.ts';
import { requestOf, taskNote } from './request.ts';
import { readTrainingData, rowCounts, type TrainingData } from './rows.ts';

/** What a signal before the end of the first epoch means. */
const NOTHING_SAVED =
  'interrupted before the first epoch ended: nothing is saved, and an older model stays as it was.';

/** Rows of one epoch of each network; a network that was stopped early may be missing. */
export type RowsInEpoch = ReadonlyMap<History, number>;

/** A training whose model is saved. */
export interface SavedTraining {
  readonly rows: TrainingData;
  readonly trained: RecipeResult;
  readonly saved: SavedModel;
  readonly folder: string;
  /** DATA, and the table of `--test`. */
  readonly data: DataFile;
  readonly testData: DataFile | undefined;
  readonly rowsInEpoch: RowsInEpoch;
  /** When the training began. */
  readonly trainingBegan: Date;
  /** The signal that ended it early, if one did. */
  readonly by: StopSignal | undefined;
}

/** Follows the plan until the model is saved. */
export async function trainAndSave(
  plan: CommandPlan,
  compute: Computing,
  host: Host,
): Promise<SavedTraining> {
  const tell = teller(plan, host);
  const { data, test } = plan.selection;
  const stop = listenForStop(host, NOTHING_SAVED);
  try {
    const rows = await stop.orStopped(readTrainingData(plan, host, tell));
    const folder = await prepareFolder(data, plan.output);
    const files = await stop.orStopped(Promise.all([data, test].map(identify)));
    announce(rows, rows.sized, tell);
    await nextTurn();
    stop.signal.throwIfAborted();
    stop.signal.addEventListener('abort', () => {
      host.stderr.write(
        '\nstopping; the best so far is saved if an epoch has ended (again: to quit at once)\n',
      );
    });
    const trainingBegan = host.date();
    const { signal } = stop;
    const { result, rowsInEpoch } = await trainOn(rows, plan, { compute, signal }, host);
    // A second signal that came while the last step ran is delivered in the next turn, and must not be lost.
    await nextTurn();
    if (result.histories[0].epochs.length === 0) stop.signal.throwIfAborted();
    const training = result.followed ?? plan.training[rows.task];
    const bytes = toSafetensors(stateOf(rows, training, result), {
      metadata: metadataOf(rows, training.loss.kind, result),
    });
    const saved = await saveModelFile(folder, bytes, compute);
    const [known = { file: data }, testData] = files;
    const trained = { rows, trained: result, rowsInEpoch, trainingBegan };
    return { ...trained, saved, folder, data: known, testData, by: stop.by() };
  } catch (error) {
    // The recipe was stopped while it prepared the rows.
    if (error instanceof VinculumError && error.code === 'aborted') stop.signal.throwIfAborted();
    throw error;
  } finally {
    stop.close();
  }
}

async function identify(path: string | undefined): Promise<DataFile | undefined> {
  return path === undefined ? undefined : await identifyData(path);
}

function announce(rows: TrainingData, plan: TrainPlan, tell: Tell): void {
  tell(taskNote(rows));
  const { train: learned, validation, test } = rowCounts(rows);
  const each =
    plan.ensemble === undefined || validation === 0 || rows.roles.time !== undefined
      ? ''
      : ` (other rows in each of the ${plan.ensemble.members} networks${ofEach(plan)})`;
  tell(`rows: ${learned} to train, ${validation} to stop early${each}, ${test} held out`);
}

/** ` of 3 recipes`, if there are several. */
function ofEach({ ensemble }: TrainPlan): string {
  const { recipes = [] } = ensemble ?? {};
  return recipes.length === 0 ? '' : ` of ${recipes.length} recipes`;
}

/** Trains by the recipe, and shows how it goes on. */
async function trainOn(
  rows: TrainingData,
  plan: CommandPlan,
  { compute, signal }: { readonly compute: Computing; readonly signal: AbortSignal },
  host: Host,
): Promise<{ readonly result: RecipeResult; readonly rowsInEpoch: RowsInEpoch }> {
  const training = plan.training[rows.task];
  const display = displayOf(plan, rows.sized, host);
  const tell = teller(plan, host);
  const lengths = new Map<number | undefined, number>();
  const rowsInEpoch = new Map<History, number>();
  try {
    const result = await learn({
      ...requestOf('train', rows, training),
      run: {
        ...compute,
        signal,
        timeLimit: plan.timeLimit,
        storage: scratchStorage,
        onPrepared: (preparation) => {
          tellNotes(preparationNotes(preparation), tell);
        },
        onMemberEnd: (history, member) => {
          rowsInEpoch.set(history, lengths.get(member) ?? 0);
          display.end(history, member);
        },
        onProgress: (progress, member) => {
          lengths.set(member, progress.rowsInEpoch);
          display.update(progress, member);
        },
      },
    });
    return { result, rowsInEpoch };
  } finally {
    display.close();
  }
}

/** The display of a training, of one network or of several. */
function displayOf(plan: CommandPlan, training: TrainPlan, host: Host): ProgressDisplay {
  if (plan.quiet) return SILENT;
  const options = {
    patience: training.stopping.patience,
    terminal: host.environment['TERM'],
    now: (): number => host.now(),
  };
  const members = membersOf(training).length;
  return members === 1
    ? progressDisplay(host.stderr, options)
    : ensembleDisplay(host.stderr, { ...options, members });
}

/** The state of an estimator, made of the parts that were trained. */
function stateOf(rows: TrainingData, plan: TrainPlan, trained: RecipeResult): SavableModel {
  const { preparation, targetScaler, networks, calibration, recipeWeights } = trained;
  const { chunkRows } = trained;
  const shared = {
    version: 1,
    options: {},
    plan: chunkRows === undefined ? plan : { ...plan, chunkRows },
    preparation,
    calibration,
    recipeWeights,
    ...savedNetworks(networks),
  } as const;
  if (targetScaler !== undefined) {
    const vector = rows.known.targets.length === 1;
    return { kind: 'regressor', ...shared, targetScaler, vector };
  }
  if (rows.task === 'classification') {
    return { kind: 'classifier', ...shared, classes: rows.classes };
  }
  const { targets } = rows.known;
  const labels = targets.every(({ kind }) => kind === 'boolean') ? 'boolean' : 'number';
  return { kind: 'classifier', ...shared, classes: [...targets.keys()], labels };
}
