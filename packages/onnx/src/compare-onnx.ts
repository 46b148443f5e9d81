/** How far an exported graph is from the model that it came from, measured by running both. */
import { prepare, type ColumnPreparation, type ModelFromFile } from 'vinculum';
import { decode } from './proto/codec.ts';
import { ELEMENT_TYPES, MODEL, type ModelProto } from './proto/messages.ts';
import { probeMatrix, probeNumbers, probeOf } from './run/probe.ts';
import { runGraph } from './run/run-graph.ts';
import type { RunTensor } from './run/tensor.ts';

/** What a comparison found. */
export interface OnnxComparison {
  /** Rows that both predicted: cells of each column, missing and unknown ones among them. */
  readonly rows: number;
  /** The largest |graph − model| / max(1, |model|) of all outputs. */
  readonly difference: number;
}

/**
 * Runs an exported graph, by an evaluator of our own in float32, beside the model on rows that the columns of the preparation may have.
 *
 * @param model - as it was given to `toOnnx`
 * @param bytes - what `toOnnx` gave
 * @returns the number of rows and the largest difference
 * @throws {ModelFormatError} when `bytes` is no ONNX file
 * @throws {RangeError} when the graph has operators that `toOnnx` does not write
 * @example
 * compareOnnx(net, toOnnx(net)).difference < 1e-5; // true
 */
export function compareOnnx(model: ModelFromFile, bytes: Uint8Array): OnnxComparison {
  const proto = decode('compareOnnx', MODEL, bytes) as ModelProto;
  const { inputs, wanted } = sidesOf(model, proto);
  const outputs = runGraph(proto, inputs);
  const name = { network: 'output', classifier: 'probabilities', regressor: 'prediction' }[
    model.kind
  ];
  const got = outputs.get(name)!.values as Float64Array;
  let difference = 0;
  wanted.forEach((value, at) => {
    const error = Math.abs(got[at]! - value) / Math.max(1, Math.abs(value));
    difference = Math.max(difference, Number.isNaN(error) ? Infinity : error);
  });
  return { rows: outputs.get(name)!.dims[0] ?? 0, difference };
}

/** The inputs of the graph, and what the model predicts from the same rows. */
function sidesOf(
  model: ModelFromFile,
  proto: ModelProto,
): { readonly inputs: ReadonlyMap<string, RunTensor>; readonly wanted: Float64Array } {
  if (model.kind === 'network') {
    const { inputs: columns } = model.spec;
    const data = probeMatrix(columns);
    const wanted = model.predict({ data, shape: [data.length / columns, columns] }).data;
    return { inputs: matrixInput('float', data, columns), wanted: Float64Array.from(wanted) };
  }
  const { preparation } = model;
  const { columns } = preparation;
  const [first] = proto.graph?.input ?? [];
  const isPrepared = first?.type?.tensorType?.elemType === ELEMENT_TYPES.float;
  const isMatrix =
    !preparation.named && columns.every(({ kind }) => kind === 'number' || kind === 'ignored');
  const rows = isMatrix ? numberRows(columns) : probeOf(columns).table;
  const wanted = predicted(model, rows);
  if (isPrepared) {
    const table =
      'rowCount' in rows
        ? rows
        : { ...rows, rows: rows.shape[0], columns: columns.length, scale: 1 };
    const { data } = prepare(preparation, table);
    return { inputs: matrixInput('float', Float64Array.from(data), preparation.width), wanted };
  }
  if ('rowCount' in rows) return { inputs: probeOf(columns).inputs, wanted };
  return { inputs: matrixInput('double', rows.data, columns.length), wanted };
}

function numberRows(columns: readonly ColumnPreparation[]): {
  readonly data: Float64Array;
  readonly shape: readonly [number, number];
} {
  const data = probeNumbers(columns);
  return { data, shape: [data.length / columns.length, columns.length] };
}

function matrixInput(
  element: 'float' | 'double',
  values: Float64Array,
  columns: number,
): ReadonlyMap<string, RunTensor> {
  return new Map([['x', { element, dims: [values.length / columns, columns], values }]]);
}

type Estimator = Exclude<ModelFromFile, { readonly kind: 'network' }>;

function predicted(model: Estimator, rows: Parameters<Estimator['predict']>[0]): Float64Array {
  if (model.kind === 'classifier') return Float64Array.from(model.predictProbabilities(rows).data);
  const numbers: readonly unknown[] | ArrayLike<unknown> = model.predict(rows);
  return Float64Array.from(Array.from(numbers).flat() as number[]);
}
