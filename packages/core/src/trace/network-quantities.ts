/**
 * What a trace shows of a network's values and adjoints beside their numbers: symbol, LaTeX and the equation that computes
 * each. The lowering says only what a tensor is, by layer and role. Each layer kind writes the formulas of its roles;
 * this file gives them the symbols of their operands and writes the values of the network as a whole.
 */
import { formulasOf, type Layer } from '../network/layers/kinds.ts';
import type { TracedLayer } from '../network/layers/layer.ts';
import type { LayerPlace, Layout } from '../network/layout.ts';
import { barOf, quantityWriter, type Description, type Quantity } from '../program/notation.ts';
import type { Origin, Program } from '../program/program.ts';
import { adjointOfLoss, outputFormula } from './loss-formula.ts';

/** A quantity, and the letters from which it was written. */
type Written = Quantity & Pick<Description, 'notation'>;

/**
 * Describes every tensor of a traced Program that has an origin.
 *
 * @param program - lowered for the purpose `trace`
 * @param layout - of its network
 * @param point - whether the step has one data point, written with vectors
 * @returns the quantities by the names of their tensors
 */
export function networkQuantities(
  program: Program,
  layout: Layout,
  point: boolean,
): ReadonlyMap<string, Quantity> {
  const layersWithParameters = layout.layers.filter(({ parameters }) => parameters.length > 0);
  const write = quantityWriter(layersWithParameters.length > 2, point);
  const quantities = new Map<string, Quantity>();
  const written = new Map<string, Written>();
  const find = (origin: Origin): Written => {
    const found = written.get(keyOf(origin));
    if (found === undefined) throw new Error(`internal: no '${keyOf(origin)}' in the trace.`);
    return found;
  };
  // In the order in which the lowering declared them, so that the operands of a formula come before it.
  for (const { name, origin } of program.tensors.values()) {
    if (origin === undefined) continue;
    const { layer: position, role } = origin;
    const description =
      position === undefined
        ? describeWhole(role, program, layout.layers.length, point, find)
        : describeInLayer(role, layout.layers, position, point, find);
    const quantity = write(description);
    quantities.set(name, quantity);
    written.set(keyOf(origin), { ...quantity, notation: description.notation });
  }
  return quantities;
}

function keyOf({ layer, role }: Origin): string {
  return layer === undefined ? role : `${layer}.${role}`;
}

/** Describes x, y or z̄. */
function describeWhole(
  role: string,
  { phases }: Program,
  layers: number,
  point: boolean,
  find: (origin: Origin) => Written,
): Description {
  if (role === 'x') return { notation: { letter: 'x' }, equation: [1, 6] };
  const loss = phases.forward.find((op) => op.kind === 'loss')!;
  const logits = find({ layer: layers - 1, role: 'out' });
  if (role === 'y') {
    const formula = outputFormula(loss.loss, logits.latex);
    return { notation: { letter: 'y' }, equation: [4, 9], formula };
  }
  const output = loss.probabilities === undefined ? logits : find({ role: 'y' });
  return {
    notation: barOf(logits.notation),
    equation: [12, 19],
    formula: adjointOfLoss(loss, output.latex, point),
  };
}

/** Describes a quantity of one layer, by the formulas of its kind. */
function describeInLayer(
  role: string,
  places: readonly LayerPlace[],
  position: number,
  point: boolean,
  find: (origin: Origin) => Written,
): Description {
  const { layer, isLast, index, ordinal, outputs } = places[position]!;
  const neighbours: Readonly<Record<string, Origin>> = {
    input: position === 0 ? { role: 'x' } : { layer: position - 1, role: 'out' },
    outBar:
      position === places.length - 1 ? { role: 'zBar' } : { layer: position + 1, role: 'inputBar' },
  };
  const quantityOf = (name: string): Written =>
    find(neighbours[name] ?? { layer: position, role: name });
  const traced: TracedLayer<Layer> = {
    layer,
    point,
    isLast,
    number: index + 1,
    ordinal: ordinal + 1,
    outputs,
    latex: (name) => quantityOf(name).latex,
    notation: (name) => quantityOf(name).notation,
  };
  return formulasOf(layer)[role]!(traced);
}
