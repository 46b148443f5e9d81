/**
 * `vinculum train DATA -t TARGET`: reads and divides the rows, trains by the recipe that the library's estimators share, saves
 * the model, and measures what was saved on the rows held out. The last line on stdout is the result.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { counted, duration } from '@vinculum/report';
import {
  preparationNotes,
  registeredBackends,
  toSafetensors,
  VinculumError,
  type SavableModel,
  type TrainPlan,
} from 'vinculum';
import {
  fusedGain,
  learn,
  listed,
  membersOf,
  savedNetworks,
  type RecipeResult,
} from 'vinculum/internal';
import type { SettingsInForce } from '../../command-line/definition.ts';
import { checkBackend, chooseCompute, type Computing } from '../../compute.ts';
import { tellNotes } from '../../data-notes.ts';
import { EXIT, SIGNAL_EXIT } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { listenForStop } from '../../interrupt.ts';
import { pickRows, quoted } from '../../labelled-rows.ts';
import { teller, writeJson, type Tell } from '../../messages.ts';
import { ensembleDisplay } from '../../rendering/ensemble-progress.ts';
import { progressDisplay, SILENT, type ProgressDisplay } from '../../rendering/progress.ts';
import type { OpenModel } from '../../open-model.ts';
import type { Score } from '../../score.ts';
import { scoreOf } from '../../scoring.ts';
import { documentOf, metadataOf } from './document.ts';
import type { TrainOptions } from './flags.ts';
import { prepareFolder, saveModelFile, type SavedModel } from './output.ts';
import { planOfFlags, withFlagName, withPreset, type CommandPlan } from './plan.ts';
import { readTrainingData, rowCounts, validationRows, type TrainingData } from './rows.ts';
import { printSummary } from './summary.ts';
import { baselineOf } from './baseline.ts';
import { warningsOf } from './warnings.ts';

/** What a signal before the end of the first epoch means. */
const NOTHING_SAVED =
  'interrupted before the first epoch ended: nothing is saved, and an older model stays as it was.';

/** Runs the command. */
export async function train(
  flags: TrainOptions,
  host: Host,
  _rows: unknown,
  inForce: SettingsInForce,
): Promise<number> {
  try {
    const compute = chooseCompute(flags, host);
    const plan = planOfFlags(flags, compute.numerics);
    if (!flags.printConfig) return await follow(plan, compute, host);
    host.stdout.write(inForce.textOf(withPreset(flags, inForce.settings)));
    return EXIT.ok;
  } catch (error) {
    throw withFlagName(error, flags);
  }
}

async function follow(plan: CommandPlan, compute: Computing, host: Host): Promise<number> {
  const tell = teller(plan, host);
  const { data } = plan.selection;
  const stop = listenForStop(host, NOTHING_SAVED);
  let rows: TrainingData;
  let trained: RecipeResult;
  let saved: SavedModel;
  try {
    rows = await stop.orStopped(readTrainingData(plan, host, tell));
    const folder = await prepareFolder(data, plan.output);
    announce(rows, rows.sized, tell);
    await nextTurn();
    stop.signal.throwIfAborted();
    stop.signal.addEventListener('abort', () => {
      host.stderr.write(
        '\nstopping; the best so far is saved if an epoch has ended (again: to quit at once)\n',
      );
    });
    trained = await trainOn(rows, plan, { compute, signal: stop.signal }, host);
    // A second signal that came while the last step ran is delivered in the next turn, and must not be lost.
    await nextTurn();
    if (trained.histories[0].epochs.length === 0) stop.signal.throwIfAborted();
    const training = trained.followed ?? plan.training[rows.task];
    const bytes = toSafetensors(stateOf(rows, training, trained), {
      metadata: metadataOf(rows, training.loss.kind, trained),
    });
    saved = await saveModelFile(folder, bytes, compute);
  } catch (error) {
    // The recipe was stopped while it prepared the rows.
    if (error instanceof VinculumError && error.code === 'aborted') stop.signal.throwIfAborted();
    throw error;
  } finally {
    stop.close();
  }
  const { path, open } = saved;
  const test = rows.test && scoreOf(open, rows.test, rows.roles);
  const validation = validationScore(open, rows, trained);
  tell(trainedNote(trained));
  for (const note of ensembleNotes(rows.sized, plan, trained)) tell(note);
  hintAtFused(trained, compute, tell);
  const baseline = baselineOf(rows);
  const { epochs } = rows.sized;
  const warnings = warningsOf({ rows, test, baseline, histories: trained.histories, epochs });
  for (const { message } of warnings) tell(`warning: ${message}`);
  const { quiet, json, seed } = plan;
  if (json)
    writeJson(
      documentOf(rows, { trained, test, validation, baseline, warnings, seed, path, compute }),
      host,
    );
  else printSummary(host, { open, test, validation, baseline, path, data, quiet });
  const by = stop.by();
  return by === undefined ? EXIT.ok : SIGNAL_EXIT[by];
}

/**
 * The score on rows that were held out from the training. An ensemble is measured by what each network says of the rows that it has held
 * out, because no row is unknown to all networks. Such a score is a little lower than that of the ensemble.
 */
function validationScore(
  open: OpenModel,
  rows: TrainingData,
  { outOfFold }: RecipeResult,
): Score | undefined {
  if (open.networks.length > 1) {
    return (
      outOfFold &&
      scoreOf(
        { ...open, predict: () => outOfFold.outputs },
        pickRows(rows.known, outOfFold.rows),
        rows.roles,
      )
    );
  }
  const held = validationRows(rows);
  return held && scoreOf(open, held, rows.roles);
}

/** What was trained, in one line. */
function trainedNote({ histories, seconds }: RecipeResult): string {
  const [history, ...others] = histories;
  const epochs = histories.reduce((sum, one) => sum + one.epochs.length, 0);
  const time = `${counted(epochs, 'epoch')} in ${duration(seconds)}`;
  if (others.length > 0) {
    const best = histories.map((one) => one.bestEpoch);
    return `trained ${histories.length} networks, ${time}; their weights are those of epochs ${listed(best.map(String))}`;
  }
  const why =
    history.stoppedBy === 'early-stopping' ? ', since the validation loss got no better' : '';
  return `trained ${time}; the weights are those of epoch ${history.bestEpoch}${why}`;
}

/** What the limit of time left out, and how much the networks of each recipe count. */
function ensembleNotes(
  sized: TrainPlan,
  { timeLimit }: CommandPlan,
  { followed, networks, recipeWeights = [] }: RecipeResult,
): string[] {
  const planned = membersOf(sized).length;
  const limited =
    followed === undefined
      ? []
      : [
          `the limit of ${duration(timeLimit ?? 0)} is over: the model has ${networks.length} of ${counted(planned, 'network')}; its file holds what was trained`,
        ];
  const { recipes = [] } = sized.ensemble ?? {};
  const weights = recipeWeights.map(
    ({ recipe, weight }) => `${recipes[recipe]?.name ?? recipe} ${weight.toFixed(3)}`,
  );
  const weighed = weights.length > 0 ? [`weights of the recipes: ${listed(weights)}`] : [];
  return [...limited, ...weighed];
}

/** A run that is shorter than this is fast enough. */
const LONG_SECONDS = 10;

/** Weights of a network whose time is mostly that of its matrix products. */
const WIDE_WEIGHTS = 100_000;

/** A gain that is worth other bits. */
const WORTH_SAYING = 1.2;

/** After a long run with wide layers, says what fused numerics would give on this processor, if it is much. */
function hintAtFused(
  { seconds, networks: [network] }: RecipeResult,
  { backend, numerics }: Computing,
  tell: Tell,
): void {
  if (numerics === 'fused' || network.parameterCount < WIDE_WEIGHTS) return;
  if (seconds < LONG_SECONDS) return;
  const name = checkBackend(backend);
  const used = registeredBackends().find((one) => one.name === name);
  const gain = used && fusedGain(used);
  if (gain === undefined || gain < WORTH_SAYING) return;
  tell(
    `hint: --numerics fused computes the matrix products ${gain.toFixed(1)} times as fast on this processor; its results differ in the last bits, and are as repeatable`,
  );
}

function announce(rows: TrainingData, plan: TrainPlan, tell: Tell): void {
  const classes =
    rows.task !== 'classification'
      ? ''
      : `; ${rows.classes.length} classes: ${listed(rows.classes.map(String))}`;
  tell(
    `task: ${rows.task} of ${quoted(rows.known.targets.map(({ name }) => name))} (${rows.reason})${classes}`,
  );
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
): Promise<RecipeResult> {
  const training = plan.training[rows.task];
  const display = displayOf(plan, rows.sized, host);
  const tell = teller(plan, host);
  try {
    return await learn({
      where: 'train',
      plan: training,
      known: rows.numbers,
      outputs: rows.task === 'classification' ? rows.classes.length : rows.numbers.columns,
      // The only class weights of the command are 'balanced', which need no list of classes.
      classWeights: training.classWeights === 'balanced' ? 'balanced' : undefined,
      run: {
        ...compute,
        signal,
        timeLimit: plan.timeLimit,
        onPrepared: (preparation) => {
          tellNotes(preparationNotes(preparation), tell);
        },
        onMemberEnd: (history, member) => display.end(history, member),
        onProgress: (progress, member) => display.update(progress, member),
      },
    });
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
  const shared = {
    version: 1,
    options: {},
    plan,
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
