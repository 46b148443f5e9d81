/** How far the graph of a file is from the model that it came from or became, measured by running both. */
import { prepare, type ColumnPreparation, type ModelFromFile } from 'vinculum';
import { decode } from './proto/codec.ts';
import { ELEMENT_TYPES, MODEL, type ModelProto } from './proto/messages.ts';
import { probeMatrix, probeNumbers, probeOf } from './run/probe.ts';
import { outputOf } from './in/model.ts';
import { ReadGraph } from './in/graph.ts';
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
 * Runs the graph of a file, by an evaluator of our own in float32, beside the model, on rows that the columns of the preparation may have.
 *
 * @param model - as it was given to `toOnnx`, or as `fromOnnx` gave it
 * @param bytes - the ONNX file
 * @returns the number of rows and the largest difference
 * @throws {ModelFormatError} when `bytes` is no ONNX file
 * @throws {RangeError} when the graph has operators that are neither written nor read
 * @example
 * compareOnnx(net, toOnnx(net)).difference < 1e-5; // true
 */
export function compareOnnx(model: ModelFromFile, bytes: Uint8Array): OnnxComparison {
  const where = 'compareOnnx';
  const proto = decode(where, MODEL, bytes) as ModelProto;
  const graph = new ReadGraph(where, proto.graph ?? {});
  const { inputs, wanted } = sidesOf(model, proto);
  const own = { network: 'output', classifier: 'probabilities', regressor: 'prediction' }[
    model.kind
  ];
  const output = graph.outputs.includes(own) ? own : outputOf(where, graph);
  const { values, dims } = runGraph(graph, inputs, output);
  const got = values as Float64Array;
  let difference = 0;
  wanted.forEach((value, at) => {
    const error = Math.abs(got[at]! - value) / Math.max(1, Math.abs(value));
    difference = Math.max(difference, Number.isNaN(error) ? Infinity : error);
  });
  return { rows: dims[0] ?? 0, difference };
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
    return {
      inputs: matrixInput(proto, 'float', data, columns),
      wanted: Float64Array.from(wanted),
    };
  }
  const { preparation } = model;
  const { columns } = preparation;
  const [first] = proto.graph?.input ?? [];
  const isPrepared = first?.type?.tensorType?.elemType === ELEMENT_TYPES.float;
  const isMatrix =
    !preparation.named && columns.every(({ kind }) => kind === 'number' || kind === 'ignored');
  const given = isMatrix ? numberRows(columns) : probeOf(columns);
  const rows = 'table' in given ? given.table : given;
  const wanted = predicted(model, rows);
  if (isPrepared) {
    const table =
      'rowCount' in rows
        ? rows
        : { ...rows, rows: rows.shape[0], columns: columns.length, scale: 1 };
    const { data } = prepare(preparation, table);
    return {
      inputs: matrixInput(proto, 'float', Float64Array.from(data), preparation.width),
      wanted,
    };
  }
  if ('table' in given) return { inputs: given.inputs, wanted };
  return { inputs: matrixInput(proto, 'double', given.data, columns.length), wanted };
}

function numberRows(columns: readonly ColumnPreparation[]): {
  readonly data: Float64Array;
  readonly shape: readonly [number, number];
} {
  const data = probeNumbers(columns);
  return { data, shape: [data.length / columns.length, columns.length] };
}

function matrixInput(
  proto: ModelProto,
  element: 'float' | 'double',
  values: Float64Array,
  columns: number,
): ReadonlyMap<string, RunTensor> {
  const name = proto.graph?.input?.[0]?.name ?? 'x';
  return new Map([[name, { element, dims: [values.length / columns, columns], values }]]);
}

type Estimator = Exclude<ModelFromFile, { readonly kind: 'network' }>;

function predicted(model: Estimator, rows: Parameters<Estimator['predict']>[0]): Float64Array {
  if (model.kind === 'classifier') return Float64Array.from(model.predictProbabilities(rows).data);
  const numbers: readonly unknown[] | ArrayLike<unknown> = model.predict(rows);
  return Float64Array.from(Array.from(numbers).flat() as number[]);
}
