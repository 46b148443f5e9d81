/**
 * `vinculum train DATA -t TARGET`: reads and parts the rows, trains, saves the model, and measures what was
 * saved on the rows held out. The last line on stdout is the result.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { counted, duration, listed } from '@vinculum/report';
import {
  fit,
  fitPreparation,
  fitTargetScaler,
  network,
  prepare,
  scaleTargets,
  toSafetensors,
  type FitData,
  type FitOptions,
  type History,
  type Network,
  type TablePreparation,
  type TargetScaler,
} from 'vinculum';
import { checkBackend, chooseCompute, type ComputeChoice } from '../compute.ts';
import { EXIT, SIGNAL_EXIT } from '../failure.ts';
import type { Host } from '../host.ts';
import { listenForStop } from '../interrupt.ts';
import { countRows, type LabelledRows } from '../labelled-rows.ts';
import { teller, writeJson, type Tell } from '../messages.ts';
import { preparationNotes } from '../prepared-columns.ts';
import { progressDisplay, SILENT } from '../rendering/progress.ts';
import { encodeClasses, scoreOf, targetNumbers, type Score } from '../scoring.ts';
import { readTrainingData, type TrainingData } from '../training/data.ts';
import { DEFAULTS, layersOf, optimizerOf, scheduleOf, withFlagName } from '../training/options.ts';
import { prepareFolder, saveModelFile, type SavedModel } from '../training/output.ts';
import { printSummary } from '../training/summary.ts';
import type { TrainOptions } from './train/flags.ts';

/** What a signal before the end of the first epoch means. */
const NOTHING_SAVED =
  'interrupted before the first epoch ended: nothing is saved, and an older model stays as it was.';

/** A finished run, before it is measured. */
interface Trained {
  readonly network: Network;
  readonly preparation: TablePreparation;
  readonly targetScaler: TargetScaler | undefined;
  readonly history: History;
  readonly batchSize: number;
}

/** Runs the command. */
export async function train(options: TrainOptions, host: Host): Promise<number> {
  try {
    return await trainOn(options.data, options, host);
  } catch (error) {
    throw withFlagName(error, options);
  }
}

async function trainOn(data: string, options: TrainOptions, host: Host): Promise<number> {
  const tell = teller(options, host);
  const compute = chooseCompute(options, host);
  optimizerOf(options);
  const stop = listenForStop(host, NOTHING_SAVED);
  let rows: TrainingData;
  let trained: Trained;
  let saved: SavedModel;
  try {
    rows = await stop.orStopped(readTrainingData(data, options, host, tell));
    const folder = await prepareFolder(data, options.output);
    announce(rows, tell);
    await nextTurn();
    stop.signal.throwIfAborted();
    stop.signal.addEventListener('abort', () => {
      host.stderr.write(
        '\nstopping; the best so far is saved if an epoch has ended (again: to quit at once)\n',
      );
    });
    trained = await learn(rows, options, host, { tell, interrupt: stop.signal, compute });
    // A second signal that came while the last step ran is told in the next turn: not to be lost.
    await nextTurn();
    if (trained.history.epochs.length === 0) stop.signal.throwIfAborted();
    const bytes = toSafetensors(stateOf(rows, options, trained), {
      metadata: metadataOf(rows, options, trained),
    });
    saved = await saveModelFile(folder, bytes, compute.backend);
  } finally {
    stop.close();
  }
  const { path, open } = saved;
  const test = scoreOf(open, rows.test);
  const validation = rows.validation && scoreOf(open, rows.validation);
  const { epochs, bestEpoch, stoppedBy } = trained.history;
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  tell(
    `trained ${counted(epochs.length, 'epoch')} in ${duration(seconds)}; the weights are those of epoch ${bestEpoch}${stoppedBy === 'early-stopping' ? ', since the validation loss got no better' : ''}`,
  );
  if (options.json) {
    writeJson(documentOf(rows, options, trained, { test, validation, path, compute }), host);
  } else {
    printSummary(host, { rows, open, test, validation, path, data, quiet: options.quiet });
  }
  const by = stop.by();
  return by === undefined ? EXIT.ok : SIGNAL_EXIT[by];
}

function announce(rows: TrainingData, tell: Tell): void {
  const classes =
    rows.classes.length === 0
      ? ''
      : `; ${rows.classes.length} classes: ${listed(rows.classes.map(String))}`;
  tell(`task: ${rows.task} of '${rows.train.target.name}' (${rows.reason})${classes}`);
  const validation = rows.validation === undefined ? 0 : countRows(rows.validation);
  tell(
    `rows: ${countRows(rows.train)} to train, ${validation} to stop early, ${countRows(rows.test)} held out`,
  );
}

interface LearnContext {
  readonly tell: Tell;
  readonly interrupt: { readonly aborted: boolean };
  readonly compute: ComputeChoice;
}

/** Prepares the rows and trains a fresh network on them. */
async function learn(
  rows: TrainingData,
  options: TrainOptions,
  host: Host,
  { tell, interrupt, compute: { backend, threads } }: LearnContext,
): Promise<Trained> {
  const seed = options.seed ?? DEFAULTS.seed;
  const preparation = fitPreparation(rows.train.rows);
  for (const note of preparationNotes(preparation)) tell(note);
  const targetScaler =
    rows.task === 'regression' ? fitTargetScaler(targetNumbers(rows.train.target), 1) : undefined;
  const pair = (labelled: LabelledRows): FitData => {
    const x = prepare(preparation, labelled.rows);
    return {
      x: { data: x.data, shape: [x.rows, x.columns] },
      y:
        targetScaler === undefined
          ? encodeClasses(rows.classes, labelled)
          : scaleTargets(targetScaler, targetNumbers(labelled.target)),
    };
  };
  const net = network({
    inputs: preparation.width,
    layers: layersOf(options, targetScaler === undefined ? rows.classes.length : 1),
    seed,
  });
  const total = countRows(rows.train);
  const epochs = options.epochs ?? DEFAULTS.epochs;
  const patience = options.patience ?? DEFAULTS.patience;
  const batchSize =
    options.batchSize ??
    (total >= DEFAULTS.manyRows ? DEFAULTS.largeBatchSize : DEFAULTS.batchSize);
  const display = options.quiet
    ? SILENT
    : progressDisplay(host.stderr, {
        patience,
        terminal: host.environment['TERM'],
        now: () => host.now(),
      });
  try {
    const history = await fit(net, pair(rows.train), {
      loss: lossOf(rows, options),
      optimizer: optimizerOf(options),
      schedule: scheduleOf(options.schedule, epochs),
      batchSize,
      epochs,
      seed,
      ...(options.l2 === undefined ? {} : { l2: options.l2 }),
      ...(options.clip === undefined ? {} : { clip: { globalNorm: options.clip } }),
      ...(options.classWeight === undefined ? {} : { classWeights: options.classWeight }),
      ...(rows.validation === undefined ? {} : { validation: pair(rows.validation) }),
      earlyStopping: { patience },
      onProgress: (progress) => display.update(progress),
      signal: interrupt,
      backend,
      ...(threads === undefined ? {} : { threads }),
    });
    return { network: net, preparation, targetScaler, history, batchSize };
  } finally {
    display.close();
  }
}

function lossOf(rows: TrainingData, options: TrainOptions): FitOptions['loss'] {
  if (rows.task === 'regression') return options.loss ?? 'mse';
  return { kind: 'softmax-cross-entropy', labelSmoothing: options.labelSmoothing ?? 0 };
}

/** The state of an estimator, made of the parts that were trained. */
function stateOf(
  rows: TrainingData,
  options: TrainOptions,
  trained: Trained,
): Parameters<typeof toSafetensors>[0] {
  const { preparation, targetScaler } = trained;
  const saved = {
    activation: options.activation,
    batchSize: trained.batchSize,
    dropout: options.dropout ?? 0,
    hiddenLayerSizes: options.hidden ?? DEFAULTS.hidden,
    maxIter: options.epochs ?? DEFAULTS.epochs,
    randomState: options.seed ?? DEFAULTS.seed,
  };
  const shared = { version: 1, options: saved, preparation, network: trained.network } as const;
  return targetScaler === undefined
    ? { kind: 'classifier', ...shared, classes: rows.classes }
    : { kind: 'regressor', ...shared, targetScaler, vector: true };
}

/** Texts for the file: how the model came to be, without time, place or machine. */
function metadataOf(
  rows: TrainingData,
  options: TrainOptions,
  { history, batchSize }: Trained,
): Record<string, string> {
  const training = {
    optimizer: optimizerOf(options),
    schedule: options.schedule,
    batchSize,
    epochs: history.epochs.length,
    bestEpoch: history.bestEpoch,
    seed: options.seed ?? DEFAULTS.seed,
    l2: options.l2 ?? 0,
    ...(options.clip === undefined ? {} : { clip: options.clip }),
    ...(options.classWeight === undefined ? {} : { classWeight: options.classWeight }),
    ...(options.labelSmoothing === undefined ? {} : { labelSmoothing: options.labelSmoothing }),
    rows: rowCounts(rows),
  };
  const loss = lossOf(rows, options);
  return {
    target: rows.train.target.name,
    loss: typeof loss === 'string' ? loss : loss.kind,
    training: JSON.stringify(training),
  };
}

function rowCounts(rows: TrainingData): Record<'train' | 'validation' | 'test', number> {
  return {
    train: countRows(rows.train),
    validation: rows.validation === undefined ? 0 : countRows(rows.validation),
    test: countRows(rows.test),
  };
}

interface Outcome {
  readonly test: Score;
  readonly validation: Score | undefined;
  readonly path: string;
  readonly compute: ReturnType<typeof chooseCompute>;
}

function documentOf(
  rows: TrainingData,
  options: TrainOptions,
  trained: Trained,
  { test, validation, path, compute }: Outcome,
): object {
  const { history } = trained;
  return {
    schema: 'vinculum.train/1',
    task: rows.task,
    target: rows.train.target.name,
    ...(rows.task === 'classification' ? { classes: rows.classes } : {}),
    rows: rowCounts(rows),
    metrics: {
      ...(validation === undefined ? {} : { validation: Object.fromEntries(validation.metrics) }),
      test: Object.fromEntries(test.metrics),
    },
    epochs: history.epochs.length,
    bestEpoch: history.bestEpoch,
    stoppedBy: history.stoppedBy,
    seconds: history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0),
    parameters: trained.network.parameterCount,
    seed: options.seed ?? DEFAULTS.seed,
    backend: checkBackend(compute.backend),
    model: path,
  };
}
