/**
 * `traceStep`: every quantity of one training step by name, symbol, LaTeX, equation number, shape and value,
 * in the order of the computation: eq. (1)–(5), (11)–(18) for one data point, (6)–(11), (19)–(25) for a
 * batch, then (30) and (26)–(29). It lowers the same ops unfused and runs them on the reference in float64;
 * it changes nothing.
 */
import type { UpdateRequest } from '../lowering/lowering.ts';
import type { Quantity } from '../program/notation.ts';
import type { Op, Tensor } from '../program/program.ts';
import { SCALARS } from '../program/scalars.ts';
import { lossFormula } from './loss-formula.ts';
import { networkQuantities } from './network-quantities.ts';
import { traced, type TracedQuantity } from './quantity.ts';
import { BoundStep, type StepRequest } from './step.ts';
import type { UpdateDescription } from './update-formulas.ts';
import { updateQuantities } from './update-quantities.ts';

/** A checked step to trace, as `traceStep` of the public API passes it. */
export interface TraceRequest extends StepRequest {
  /** Whether one data point is written, with vectors and eq. (1)–(5). */
  readonly point: boolean;
  readonly update: UpdateRequest;
  /** The update in words: optimiser, clipping and penalties. */
  readonly description: UpdateDescription;
  /** The optimiser's scalars of this step, clipping included; given ‖g‖. */
  readonly setScalars: (scalars: Float64Array, norm: number) => void;
}

/** Traces a checked step. */
export function trace(request: TraceRequest): TracedQuantity[] {
  const { point, update } = request;
  const step = new BoundStep(request, update);
  try {
    const { program, scalars } = step;
    const { forward, backward } = program.phases;
    const { parameters } = step.layout;
    const written = networkQuantities(program, step.layout, point);
    // The parameters of every layer as they are before the step.
    const quantities = parameters.map(({ name, shape }) => {
      const tensor = program.tensors.get(name)!;
      return traced(written.get(name)!, '', shape, step.memoryOf(tensor));
    });
    const shown = new Set(parameters.map(({ name }) => name));
    const read = (op: Op): TracedQuantity[] => quantitiesOf(op, step, written, shown, point);
    step.compute('forward');
    quantities.push(...forward.flatMap(read), ...lossQuantities(step, request));
    step.compute('backward');
    quantities.push(...backward.flatMap(read));
    step.compute('check');
    const norm = Math.sqrt(scalars[SCALARS.normSquared]!);
    request.setScalars(scalars, norm);
    step.compute('update');
    return [...quantities, ...updateQuantities(step, written, norm, request.description)];
  } finally {
    step.close();
  }
}

/**
 * The tensors that an op has written: those of its tensors that no earlier op has named. An op reads only tensors that
 * were written before, so the others are its results.
 *
 * @param written - the quantities by the names of their tensors
 * @param shown - the names of the tensors that were shown before; grows
 */
function quantitiesOf(
  op: Op,
  step: BoundStep,
  written: ReadonlyMap<string, Quantity>,
  shown: Set<string>,
  point: boolean,
): TracedQuantity[] {
  const fields: readonly (Partial<Tensor> | undefined)[] = Object.values(op);
  return fields.flatMap((field) => {
    const tensor = step.program.tensors.get(field?.name ?? '');
    const quantity = written.get(tensor?.name ?? '');
    if (tensor === undefined || quantity === undefined || shown.has(tensor.name)) return [];
    shown.add(tensor.name);
    const shape = tensor.shape
      .filter((extent) => !(point && extent === 'N'))
      .map((extent) => (extent === 'N' ? step.program.capacity : extent));
    return [traced(quantity, quantity.formula, shape, step.memoryOf(tensor))];
  });
}

/** L, eq. (5) or (10), and L̄ = 1, eq. (11). */
function lossQuantities(step: BoundStep, { loss, point, weights }: TraceRequest): TracedQuantity[] {
  const formula = lossFormula(loss);
  const mean =
    weights === undefined ? '\\tfrac{1}{N}\\sum_n ' : '\\tfrac{1}{\\sum_n w_n}\\sum_n w_n ';
  const latex = '\\mathcal{L}';
  return [
    traced(
      { name: 'L', symbol: 'L', latex, equation: point ? 5 : 10 },
      point ? formula : `${mean}\\left(${formula}\\right)`,
      [],
      [step.meanLoss()],
    ),
    traced(
      { name: 'LBar', symbol: 'L\u0304', latex: `\\bar{${latex}}`, equation: 11 },
      '1',
      [],
      [1],
    ),
  ];
}
