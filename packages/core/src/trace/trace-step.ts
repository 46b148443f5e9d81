/**
 * `traceStep`: every quantity of one training step by name, symbol, LaTeX, equation number, shape and value,
 * in the order of the computation: eq. (1)–(5), (11)–(18) for one data point, (6)–(11), (19)–(25) for a
 * batch, then (30) and (26)–(29). It lowers the same ops unfused and runs them on the reference in float64;
 * it changes nothing.
 */
import type { Matrix } from '../data/matrix.ts';
import type { Targets } from '../data/targets.ts';
import type { HostExecutable } from '../backends/contract.ts';
import { referenceBackend } from '../backends/reference/backend.ts';
import type { Loss } from '../losses/loss.ts';
import type { NetworkSpec } from '../network/spec.ts';
import { lower } from '../program/lower.ts';
import type { UpdateRequest } from '../program/lowering.ts';
import type { Op, Program, Quantity, Tensor } from '../program/program.ts';
import { seedHigh, seedLow } from '../random/streams.ts';
import { SCALARS, type ScalarSlot } from '../program/scalars.ts';
import { formulaOf, lossFormula } from './formula.ts';
import { traced, type TracedQuantity } from './quantity.ts';
import type { UpdateDescription } from './update-formulas.ts';
import { updateQuantities } from './update-quantities.ts';

/** A step to trace, checked: what `traceStep` of the public API hands down. */
export interface TraceRequest {
  readonly spec: NetworkSpec;
  /** All weights, then all biases. */
  readonly flat: ArrayLike<number>;
  readonly matrix: Matrix;
  readonly targets: Targets;
  readonly weights: Float64Array | undefined;
  readonly loss: Loss;
  /** Whether one data point is written, with vectors and eq. (1)–(5). */
  readonly point: boolean;
  readonly update: UpdateRequest | undefined;
  /** The update in words: optimiser, clipping and penalties. */
  readonly description: UpdateDescription;
  /** The optimiser's scalars of this step, clipping included; given ‖g‖. */
  readonly setScalars: (scalars: Float64Array, norm: number) => void;
  readonly seed: number;
  /** t. */
  readonly step: number;
}

/** Traces a checked step. */
export function trace(request: TraceRequest): TracedQuantity[] {
  const program = lower({
    spec: request.spec,
    purpose: 'trace',
    precision: 'float64',
    capacity: request.matrix.rows,
    loss: request.loss,
    point: request.point,
    data: {
      windowRows: request.matrix.rows,
      inputType: 'float64',
      scale: 1,
      targets: request.targets.kind,
      weighted: request.weights !== undefined,
    },
    ...(request.update && { update: request.update }),
  });
  const executable = referenceBackend.compile(program);
  try {
    bind(executable, request);
    const quantities = parameterQuantities(program, executable);
    const reader = new Reader(executable, request);
    executable.run('forward');
    quantities.push(...reader.read(program.phases.forward));
    quantities.push(...lossQuantities(executable, request));
    executable.run('backward');
    quantities.push(...reader.read(program.phases.backward));
    executable.run('check');
    if (request.update === undefined) return quantities;
    const norm = Math.sqrt(executable.scalars[SCALARS.normSquared]!);
    request.setScalars(executable.scalars, norm);
    executable.run('update');
    quantities.push(...updateQuantities(program, executable, norm, request.description));
    return quantities;
  } finally {
    executable.close();
  }
}

/** Writes parameters, rows and scalars of the step. */
function bind(executable: HostExecutable, request: TraceRequest): void {
  const { matrix, targets, weights } = request;
  executable.view('parameters').set(request.flat);
  const x = executable.view('window.x');
  for (let i = 0; i < matrix.data.length; i++) x[i] = matrix.data[i]! * matrix.scale;
  executable.view('window.target').set(targets.kind === 'labels' ? targets.labels : targets.data);
  if (weights !== undefined) executable.view('window.weights').set(weights);
  const rows = executable.view('rows');
  let weightSum = 0;
  for (let row = 0; row < matrix.rows; row++) {
    rows[row] = row;
    weightSum += weights?.[row] ?? 1;
  }
  const set = (slot: ScalarSlot, value: number): void => {
    executable.scalars[SCALARS[slot]] = value;
  };
  set('rows', matrix.rows);
  set('rowOffset', 0);
  set('step', request.step);
  set('seedLow', seedLow(request.seed));
  set('seedHigh', seedHigh(request.seed));
  set('inverseWeightSum', weightSum > 0 ? 1 / weightSum : 0);
}

/** W and b of every layer as they are before the step. */
function parameterQuantities(program: Program, executable: HostExecutable): TracedQuantity[] {
  return program.layout.parameters.map(({ name, shape }) => {
    const tensor = program.tensors.get(name)!;
    return traced(tensor.quantity!, '', shape, executable.view(name));
  });
}

/** Reads what ops have written, a quantity once. */
class Reader {
  readonly #executable: HostExecutable;
  readonly #request: TraceRequest;

  constructor(executable: HostExecutable, request: TraceRequest) {
    this.#executable = executable;
    this.#request = request;
  }

  read(ops: readonly Op[]): TracedQuantity[] {
    return ops.flatMap((op) =>
      outputsOf(op).flatMap((tensor) =>
        tensor.quantity === undefined ? [] : [this.#read(op, tensor, tensor.quantity)],
      ),
    );
  }

  #read(op: Op, tensor: Tensor, named: Quantity): TracedQuantity {
    // H̄ is eq. (13), (20), but behind a dropout it comes from its mask.
    const quantity = op.kind === 'dropoutAdjoint' ? { ...named, equation: 34 } : named;
    const { point, matrix } = this.#request;
    const shape = tensor.shape
      .filter((extent) => !(point && extent === 'N'))
      .map((extent) => (extent === 'N' ? matrix.rows : extent));
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = this.#executable.view(tensor.name).subarray(0, size);
    return traced(quantity, formulaOf(op, tensor, point), shape, values);
  }
}

/** The tensors an op writes, in the order a reader wants them. */
function outputsOf(op: Op): Tensor[] {
  switch (op.kind) {
    case 'gather':
    case 'dense':
    case 'activation':
    case 'dropout':
    case 'dropoutAdjoint':
    case 'activationAdjoint':
    case 'lossAdjoint':
    case 'output':
    case 'scale':
      return [op.out];
    case 'loss':
      return op.probabilities === undefined ? [] : [op.probabilities];
    case 'denseInputAdjoint':
      return [op.inputBar];
    case 'denseWeightAdjoint':
      return op.biasBar === undefined ? [op.weightBar] : [op.weightBar, op.biasBar];
    case 'packWeights':
    case 'sumOfSquares':
    case 'update':
      return [];
    default:
      return op satisfies never;
  }
}

/** L, eq. (5) or (10), and L̄ = 1, eq. (11). */
function lossQuantities(executable: HostExecutable, request: TraceRequest): TracedQuantity[] {
  const { scalars } = executable;
  const formula = lossFormula(request.loss);
  const loss = scalars[SCALARS.loss]! * scalars[SCALARS.inverseWeightSum]!;
  return [
    traced(
      { name: 'L', symbol: 'L', latex: '\\mathcal{L}', equation: request.point ? 5 : 10 },
      request.point ? formula : `${meanFactor(request)}\\left(${formula}\\right)`,
      [],
      [loss],
    ),
    traced(
      { name: 'LBar', symbol: 'L\u0304', latex: '\\bar{\\mathcal{L}}', equation: 11 },
      '1',
      [],
      [1],
    ),
  ];
}

/** The mean over rows, by their weights where they have some. */
function meanFactor({ weights }: TraceRequest): string {
  return weights === undefined ? '\\tfrac{1}{N}\\sum_n ' : '\\tfrac{1}{\\sum_n w_n}\\sum_n w_n ';
}
