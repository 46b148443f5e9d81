/**
 * `traceStep`: every quantity of one training step by name, symbol, LaTeX, equation number, shape and value,
 * in the order of the computation: eq. (1)–(5), (11)–(18) for one data point, (6)–(11), (19)–(25) for a
 * batch, then (30) and (26)–(29). It lowers the same ops unfused and runs them on the reference in float64;
 * it changes nothing.
 */
import type { Op, Tensor } from '../program/program.ts';
import { SCALARS } from '../program/scalars.ts';
import { formulaOf, lossFormula } from './formula.ts';
import { traced, type TracedQuantity } from './quantity.ts';
import { BoundStep, type StepRequest, type TraceShape } from './step.ts';
import type { UpdateDescription } from './update-formulas.ts';
import { updateQuantities } from './update-quantities.ts';

/** A step to trace, checked: what `traceStep` of the public API hands down. */
export interface TraceRequest extends StepRequest, TraceShape {
  /** The update in words: optimiser, clipping and penalties. */
  readonly description: UpdateDescription;
  /** The optimiser's scalars of this step, clipping included; given ‖g‖. */
  readonly setScalars: (scalars: Float64Array, norm: number) => void;
}

/** Traces a checked step. */
export function trace(request: TraceRequest): TracedQuantity[] {
  const { point, update } = request;
  const step = new BoundStep(request, { point, update });
  try {
    const { program, scalars } = step;
    const { forward, backward } = program.phases;
    // W and b of every layer as they are before the step.
    const quantities = program.layout.parameters.map(({ name, shape }) => {
      const tensor = program.tensors.get(name)!;
      return traced(tensor.quantity!, '', shape, step.memoryOf(tensor));
    });
    const read = (op: Op): TracedQuantity[] => quantitiesOf(op, step, point);
    step.compute('forward');
    quantities.push(...forward.flatMap(read), ...lossQuantities(step, request));
    step.compute('backward');
    quantities.push(...backward.flatMap(read));
    step.compute('check');
    const norm = Math.sqrt(scalars[SCALARS.normSquared]!);
    request.setScalars(scalars, norm);
    step.compute('update');
    return [...quantities, ...updateQuantities(step, norm, request.description)];
  } finally {
    step.close();
  }
}

/** The fields of ops that name what they write, in the order a reader wants them. */
const OUTPUTS = ['out', 'inputBar', 'weightBar', 'biasBar'] as const;

/** What an op has written. */
function quantitiesOf(op: Op, step: BoundStep, point: boolean): TracedQuantity[] {
  const fields = op as { readonly [Field in (typeof OUTPUTS)[number]]?: Tensor };
  const written =
    op.kind === 'loss'
      ? [op.probabilities]
      : OUTPUTS.map((field): Tensor | undefined => fields[field]);
  return written.flatMap((tensor) => {
    if (tensor?.quantity === undefined) return [];
    // H̄ is eq. (13), (20), but behind a dropout it comes from its mask.
    const equation = op.kind === 'dropoutAdjoint' ? 34 : tensor.quantity.equation;
    const shape = tensor.shape
      .filter((extent) => !(point && extent === 'N'))
      .map((extent) => (extent === 'N' ? step.program.capacity : extent));
    const values = step.memoryOf(tensor);
    return [traced({ ...tensor.quantity, equation }, formulaOf(op, tensor, point), shape, values)];
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
