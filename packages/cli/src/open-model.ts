/**
 * A model file opened for use: the model, what it was trained to predict, and one way to run it whatever its
 * kind. A bare network takes its columns by position and names its classes by number.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { columnKinds, columnNames, selectColumns } from '@vinculum/io';
import {
  fromSafetensors,
  ModelFormatError,
  prepare,
  readMatrix,
  readSafetensors,
  type ColumnKind,
  type Label,
  type LossKind,
  type Matrix,
  type MatrixInput,
  type ModelFromFile,
  type Network,
  type Table,
} from 'vinculum';
import { dataFailure } from './failure.ts';
import { nearestFile } from './labelled-rows.ts';
import { CHOICES } from './program.ts';
import { systemReason } from './system-reason.ts';

/** A model ready to run. */
export interface OpenModel {
  readonly model: ModelFromFile;
  readonly metadata: ReadonlyMap<string, string>;
  readonly network: Network;
  /** `'numbers'`: a bare network whose outputs have no meaning that we know. */
  readonly task: 'classification' | 'regression' | 'numbers';
  /** In the order of the outputs; empty unless the task is classification. */
  readonly classes: readonly Label[];
  /** The name of the target column, where the file tells. */
  readonly target: string | undefined;
  readonly loss: LossKind;
  /** The columns that predictions need, with their kinds; undefined where columns go by position. */
  readonly kinds: ReadonlyMap<string, ColumnKind> | undefined;
  /** The network's inputs for rows of a file. */
  inputs(rows: Table | Matrix): MatrixInput;
  /** Outputs in the units of the target: regression only. */
  unscale(output: number, column: number): number;
}

/**
 * Opens a model file.
 *
 * @param data - DATA of the command, to notice when the two were given the other way round
 * @throws {CommandFailure} exit 3 when it cannot be read
 * @throws {ModelFormatError} when it is no model
 */
export async function openModel(path: string, data?: string): Promise<OpenModel> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT')
      throw await nearestFile(path, "MODEL is a file that 'vinculum train' wrote");
    const folder = code === 'EISDIR';
    throw dataFailure(`'${path}' must be a readable model file; ${systemReason(error)}.`, {
      cause: error,
      hint: "MODEL is a file that 'vinculum train' wrote",
      replace: folder ? { wrong: path, right: join(path, 'model.safetensors') } : undefined,
    });
  }
  try {
    return describeModel(bytes);
  } catch (error) {
    const swapped = data?.endsWith('.safetensors') === true && !path.endsWith('.safetensors');
    if (!(error instanceof ModelFormatError) || !swapped) throw error;
    throw dataFailure(`'${path}' is no model; the model comes first, then the data.`, {
      code: error.code,
      hint: `put ${data} before ${path}`,
      cause: error,
    });
  }
}

/** The model in the bytes of a file. */
export function describeModel(bytes: Uint8Array): OpenModel {
  const model = fromSafetensors(bytes);
  const { metadata } = readSafetensors(bytes);
  const target = metadata.get('target');
  const network = model.kind === 'network' ? model : model.network;
  const loss = lossOf(network, metadata.get('loss'));
  const shared = { model, metadata, target, network, loss };
  if (model.kind === 'network') return describeNetwork(shared, model);
  const { preparation } = model;
  const names = [...columnKinds(preparation).keys()];
  const inputs = (rows: Table | Matrix): MatrixInput => {
    const needed = 'data' in rows || !preparation.named ? rows : selectColumns(rows, names);
    const byPosition = 'data' in needed || preparation.named ? needed : matrixOf(needed);
    return asInput(prepare(preparation, byPosition));
  };
  const kinds = preparation.named ? columnKinds(preparation) : undefined;
  if (model.kind === 'classifier') {
    const { classes } = model;
    return {
      ...shared,
      task: 'classification',
      classes,
      kinds,
      inputs,
      unscale: (output) => output,
    };
  }
  const { mean, scale } = model.targetScaler;
  return {
    ...shared,
    task: 'regression',
    classes: [],
    kinds,
    inputs,
    unscale: (output, column) => output * (scale[column] ?? 1) + (mean[column] ?? 0),
  };
}

type Shared = Pick<OpenModel, 'model' | 'metadata' | 'target' | 'network' | 'loss'>;

function describeNetwork(shared: Shared, net: Network): OpenModel {
  const softmax = net.spec.output === 'softmax';
  return {
    ...shared,
    task: softmax ? 'classification' : 'numbers',
    classes: softmax ? Array.from({ length: outputsOf(net) }, (_, index) => index) : [],
    kinds: undefined,
    inputs: (rows) => asInput('data' in rows ? rows : matrixOf(rows)),
    unscale: (output) => output,
  };
}

/** Outputs of a network. */
export function outputsOf(net: Network): number {
  return net.spec.layers.findLast((layer) => layer.kind === 'dense')?.units ?? 0;
}

/** The loss that goes with the output; which one of a regression, the file may say. */
function lossOf(net: Network, saved: string | undefined): LossKind {
  if (net.spec.output === 'softmax') return 'softmax-cross-entropy';
  if (net.spec.output === 'sigmoid') return 'binary-cross-entropy';
  return CHOICES.loss.find((loss) => loss === saved) ?? 'mse';
}

function asInput(matrix: Matrix): MatrixInput {
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
    for (let row = 0; row < table.rowCount; row++)
      data[row * width + index] = column.values[row] ?? NaN;
  });
  return readMatrix('rows', { data, shape: [table.rowCount, width] }, { name: 'the data' });
}
