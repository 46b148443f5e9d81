/**
 * A model file opened for use: the model, what it was trained to predict, and one way to run it whatever its
 * kind. A bare network takes its columns by position and names its classes by number.
 */
import { join } from 'node:path';
import {
  columnKinds,
  columnNames,
  selectColumns,
  systemReason,
  type KnownKind,
} from '@vinculum/io';
import {
  fromSafetensors,
  type Intervals,
  ModelFormatError,
  predictor,
  prepare,
  readMatrix,
  readSafetensors,
  type Label,
  type LossKind,
  type Matrix,
  type MatrixInput,
  type ModelFromFile,
  type Network,
  type Prediction,
  type Predictor,
  type Table,
} from 'vinculum';
import {
  atTemperature,
  clipTo,
  faultOf,
  intervalsFor,
  knownPredictions,
  layoutOf,
  meanPrediction,
  networkWeights,
  outputSpan,
  rowNumberOf,
} from 'vinculum/internal';
import { REGRESSION_LOSSES } from './choices.ts';
import { checkPrecision, type Computing } from './compute.ts';
import { CommandFailure, dataFailure, failureOf } from './failure.ts';
import { nearestFile } from './labelled-rows.ts';
import type { Tell } from './messages.ts';
import { modelFormatOf, readModelOf, unreadFile } from './model-formats.ts';
import { nameIn, namesIn, readingsIn } from './target-texts.ts';
import { rolesIn, type Roles } from './roles.ts';

/** A model ready to run. */
export interface OpenModel {
  readonly model: ModelFromFile;
  readonly metadata: ReadonlyMap<string, string>;
  /** The network, of an ensemble the first one. */
  readonly network: Network;
  /** One, or those of an ensemble, whose outputs are averaged. */
  readonly networks: readonly Network[];
  /** `'numbers'`: a plain network whose outputs have no known meaning. */
  readonly task: 'classification' | 'multilabel' | 'regression' | 'numbers';
  /** In the order of the outputs: classes, or the names of several labels a row; empty for the other tasks. */
  readonly classes: readonly Label[];
  /** The names of the target columns, in the order of the outputs; none if the file does not contain them. */
  readonly targets: readonly string[];
  /** The columns that have a role. */
  readonly roles: Roles;
  readonly loss: LossKind;
  /** How the numbers of each target were read; undefined for one whose numbers were plain. */
  readonly targetReadings: readonly (KnownKind | undefined)[];
  /** What computes. */
  readonly computing: Computing;
  /** The columns that predictions need, with their kinds; undefined if columns are found by position. */
  readonly kinds: ReadonlyMap<string, KnownKind> | undefined;
  /** The network's inputs for rows of a file. */
  inputs(rows: Table | Matrix): MatrixInput;
  /** The outputs of each network for rows of a file. */
  outputs(rows: Table | Matrix): readonly Prediction[];
  /** What the model predicts by the outputs of its networks. */
  meanOf(outputs: readonly Prediction[]): Prediction;
  /** What the model predicts for rows of a file. */
  predict(rows: Table | Matrix): Prediction;
  /** Intervals that hold the true target with the probability `level`; absent if no rows were held out to learn them from. */
  readonly interval?: (outputs: readonly Prediction[], level: number) => Intervals;
  /** Outputs in the units of the target: regression only. */
  unscale(output: number, column: number): number;
}

/** With what, and for what, a model is opened. */
export interface OpenOptions {
  /** What computes; by default `'auto'` in portable numerics. */
  readonly computing?: Computing;
  /** DATA of the command, to notice when the two were given the other way round. */
  readonly data?: string;
  /** Hears what is no error but worth knowing, such as that the file has no checksum. */
  readonly tell?: Tell;
}

/** What computes unless a command says otherwise. */
export const USUAL_COMPUTING: Computing = { backend: 'auto', numerics: 'portable' };

/**
 * Opens a model file.
 *
 * @throws {CommandFailure} exit 3 when it cannot be read or is no model, exit 2 when the backend cannot hold it
 */
export async function openModel(path: string, options: OpenOptions = {}): Promise<OpenModel> {
  const { open } = await openModelFile(path, options);
  return open;
}

/** {@link openModel}, and the bytes of the model as a file of ours. */
export async function openModelFile(
  path: string,
  { computing = USUAL_COMPUTING, data, tell }: OpenOptions = {},
): Promise<{ readonly open: OpenModel; readonly file: Uint8Array }> {
  let file: Uint8Array;
  try {
    file = await readModelOf(path);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    if (error instanceof ModelFormatError) throw noModel(path, data, error);
    const cause: unknown = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT')
      throw await nearestFile(path, "MODEL is a file that 'vinculum train' wrote");
    const folder = code === 'EISDIR';
    throw dataFailure(`'${path}' must be a readable model file; ${systemReason(cause)}.`, {
      cause: error,
      hint: "MODEL is a file that 'vinculum train' wrote",
      replace: folder ? { wrong: path, right: join(path, 'model.safetensors') } : undefined,
    });
  }
  try {
    return { open: describeModel(file, computing, (note) => tell?.(`${path}: ${note}`)), file };
  } catch (error) {
    throw error instanceof ModelFormatError ? noModel(path, data, error) : error;
  }
}

/** The failure of a MODEL that is damaged, or no model at all. */
function noModel(path: string, data: string | undefined, error: ModelFormatError): CommandFailure {
  const details = { code: error.code, cause: error };
  if (data?.endsWith('.safetensors') === true && !path.endsWith('.safetensors')) {
    return dataFailure(`'${path}' is no model; the model comes first, then the data.`, {
      ...details,
      hint: `put ${data} before ${path}`,
    });
  }
  const foreign = modelFormatOf(path);
  if (foreign !== undefined) return unreadFile(path, foreign, error, { code: error.code });
  const { message, hint = '' } = failureOf(error);
  return dataFailure(`'${path}' must be a model that vinculum saved; ${message}`, {
    ...details,
    hint:
      faultOf(error)?.subject === 'formatVersion'
        ? 'update vinculum, or train the model again'
        : hint,
  });
}

/** The model in the bytes of a file, and what is to run it; `tell` hears what is worth knowing about the file. */
export function describeModel(
  bytes: Uint8Array,
  computing: Computing,
  tell: Tell = () => undefined,
): OpenModel {
  const model = fromSafetensors(bytes, { onNote: tell });
  const { metadata } = readSafetensors(bytes);
  const targets = namesIn(metadata.get('targets')) ?? nameIn(metadata.get('target'));
  const network = model.kind === 'network' ? model : model.network;
  const networks = model.kind === 'network' ? [model] : model.networks;
  const loss =
    model.kind === 'network' ? lossOf(network, metadata.get('loss')) : model.plan.loss.kind;
  checkPrecision(computing.backend, network);
  const targetReadings = readingsIn(metadata.get('targetReading'));
  const roles = rolesIn(metadata.get('roles'));
  const of = { model, metadata, targets, targetReadings, roles };
  const shared = { ...of, network, networks, loss, computing };
  if (model.kind === 'network') return describeNetwork(shared, model);
  const { preparation } = model;
  const names = [...columnKinds(preparation).keys()];
  const inputs = (rows: Table | Matrix): MatrixInput => {
    const needed = 'data' in rows || !preparation.named ? rows : selectColumns(rows, names);
    const byPosition = 'data' in needed || preparation.named ? needed : matrixOf(needed);
    return asInput(prepare(preparation, byPosition));
  };
  const scaler = model.kind === 'regressor' ? model.targetScaler : undefined;
  const { temperature = 1, heldOut } = model.calibration ?? {};
  const { recipeWeights } = model;
  const weights = networkWeights(recipeWeights, networks.length);
  const runs = runsOf(networks, computing, inputs, (outputs) =>
    atTemperature(meanPrediction(outputs, outputSpan(scaler), weights), temperature),
  );
  const kinds = preparation.named ? columnKinds(preparation) : undefined;
  if (model.kind === 'classifier') {
    const isOneLabel = model.labels === undefined;
    return {
      ...shared,
      task: isOneLabel ? 'classification' : 'multilabel',
      classes: isOneLabel || targets.length === 0 ? model.classes : targets,
      kinds,
      ...runs,
      unscale: (output) => output,
    };
  }
  const { mean, scale, span } = model.targetScaler;
  return {
    ...shared,
    task: 'regression',
    classes: [],
    kinds,
    ...runs,
    ...(heldOut && {
      interval: (outputs, level) =>
        intervalsFor(
          'predict',
          knownPredictions(model.targetScaler, outputs, heldOut, recipeWeights),
          level,
        ),
    }),
    unscale: (output, column) =>
      clipTo(span, output * (scale[column] ?? 1) + (mean[column] ?? 0), column),
  };
}

type Shared = Pick<
  OpenModel,
  | 'model'
  | 'metadata'
  | 'targets'
  | 'targetReadings'
  | 'roles'
  | 'network'
  | 'networks'
  | 'loss'
  | 'computing'
>;

function describeNetwork(shared: Shared, net: Network): OpenModel {
  const softmax = net.spec.output === 'softmax';
  return {
    ...shared,
    task: softmax ? 'classification' : 'numbers',
    classes: softmax ? Array.from({ length: outputsOf(net) }, (_, index) => index) : [],
    kinds: undefined,
    ...runsOf([net], shared.computing, inputsByPosition, (outputs) => meanPrediction(outputs)),
    unscale: (output) => output,
  };
}

function inputsByPosition(rows: Table | Matrix): MatrixInput {
  return asInput('data' in rows ? rows : matrixOf(rows));
}

/** The number of rows that are predicted together. */
const TILE_ROWS = 128;

/** Runs the networks by snapshots of them on the backend, made at the first use. */
function runsOf(
  networks: readonly Network[],
  computing: Computing,
  inputs: OpenModel['inputs'],
  meanOf: OpenModel['meanOf'],
): Pick<OpenModel, 'inputs' | 'outputs' | 'meanOf' | 'predict'> {
  let snapshots: readonly Predictor[] | undefined;
  const outputs = (rows: Table | Matrix): Prediction[] => {
    snapshots ??= networks.map((net) => predictor(net, { maxRows: TILE_ROWS, ...computing }));
    const x = inputs(rows);
    return snapshots.map((one) => one.predict(x));
  };
  return { inputs, outputs, meanOf, predict: (rows) => meanOf(outputs(rows)) };
}

/** Outputs of a network. */
export function outputsOf(net: Network): number {
  return layoutOf(net.spec).outputs;
}

/** The loss that goes with the output; which one of a regression, the file may say. */
function lossOf(net: Network, saved: string | undefined): LossKind {
  if (net.spec.output === 'softmax') return 'softmax-cross-entropy';
  if (net.spec.output === 'sigmoid') return 'binary-cross-entropy';
  if (net.spec.output === 'exp') return 'poisson';
  return REGRESSION_LOSSES.find((loss) => loss === saved) ?? 'mse';
}

/** A matrix as the functions of the library take it. */
export function asInput(matrix: Matrix): MatrixInput {
  return { data: matrix.data, shape: [matrix.rows, matrix.columns], scale: matrix.scale };
}

/** The columns of a table, numbers all, side by side. */
function matrixOf(table: Table): Matrix {
  const width = table.columns.length;
  const data = new Float64Array(table.rowCount * width);
  table.columns.forEach((column, index) => {
    if (column.kind !== 'number') {
      throw dataFailure(
        `column '${column.name}' must hold numbers, since the model takes its columns by position; it holds ${column.kind === 'text' ? 'text' : 'true or false'}. The columns are ${columnNames(table).join(', ')}.`,
        { hint: 'give a file with the inputs of the network and nothing else' },
      );
    }
    for (let row = 0; row < table.rowCount; row++) {
      const value = column.values[row] ?? NaN;
      if (!Number.isFinite(Math.fround(value))) throw noInput(table, column.name, row, value);
      data[row * width + index] = value;
    }
  });
  return readMatrix({ data, shape: [table.rowCount, width] }, { name: 'the data' });
}

/** The failure of a cell that a network whose columns are found by position cannot take. */
function noInput(table: Table, column: string, row: number, value: number): CommandFailure {
  const got = Number.isNaN(value) ? 'it is missing' : `got ${value}`;
  return dataFailure(
    `row ${rowNumberOf(table, row)}, column '${column}': must be a number within the range of float32, since the model takes its columns by position and fills no gaps; ${got}.`,
    { hint: 'correct the file there and run the command again' },
  );
}
