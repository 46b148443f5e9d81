/**
 * Random networks with a batch, for gradient checks: depth 1–6, width 1–33, batch 1–64, every activation with
 * every loss, dropout with its mask fixed, layers with a parameter for each column, row weights, label smoothing. A case is
 * a function of its index.
 *
 * A finite difference across a kink is no derivative, so every pre-activation of an activation with a kink must be at
 * least ten steps away from 0. With 64 × 33 pre-activations in a layer, redrawing whole networks would never end.
 * Instead the bias of the unit moves to the nearest value at which all its pre-activations are far enough away.
 */
import {
  type Activation,
  dense,
  dropout,
  type Layer,
  layerNormalization,
  type Loss,
  type LossKind,
  type NetworkSpec,
  scaling,
} from 'vinculum';
import {
  kindOf,
  ACTIVATION_KINDS,
  activationFacts,
  type Layout,
  layoutOf,
  LOSS_KINDS,
  lossFacts,
  referenceBackend,
} from 'vinculum/internal';
import { withCategories } from './category-rows.ts';
import { Draws } from './draws.ts';
import { embedding, embeddingsOfInput } from './random-embeddings.ts';
import { stepOf } from './stencil.ts';
import { Step, type Case } from './step.ts';

/** The most multiply-adds of one gradient check; a network that needs more is drawn again. */
const BUDGET = { covering: 2e7, free: 4e8 } as const;

/** A network must have at least this slope along a random direction of ±1, because a network without gradients tests nothing. */
const LEAST_SLOPE = 1e-3;

/** The largest parameter. It limits the steps h of the stencil, see {@link stepOf}. */
const LARGEST_PARAMETER = 1.8;

/** The indices below this cover every activation with every loss in a hidden layer. */
export const COVERING_CASES = 42;

export interface RandomCase extends Case {
  readonly seedOfCase: number;
  /** What a failed test prints. */
  readonly description: string;
}

/** The case of an index: those below {@link COVERING_CASES} cover all pairs, the others are free draws. */
export function randomCase(index: number): RandomCase {
  for (let attempt = 0; ; attempt++) {
    const seedOfCase = index * 1000 + attempt;
    const found = draw(index, new Draws(seedOfCase * 2654435761));
    if (found !== undefined) {
      return { ...found, seedOfCase, description: describeCase(index, seedOfCase, found) };
    }
    if (attempt === 200) throw new Error(`no case for index ${index}`);
  }
}

function draw(index: number, draws: Draws): Case | undefined {
  const loss = drawLoss(draws, LOSS_KINDS[index % LOSS_KINDS.length]!);
  const spec = drawSpec(index, draws);
  const layout = layoutOf(spec);
  const rows = draws.logInteger(1, 64);
  const budget = index < COVERING_CASES ? BUDGET.covering : BUDGET.free;
  if (4 * layout.parameterCount ** 2 * rows > budget) return undefined;
  const { outputs } = layout;
  const network: Case = {
    spec,
    loss,
    parameters: drawParameters(draws, layout),
    rows,
    x: withCategories(
      draws.array(rows * spec.inputs, () => draws.uniform(-1.5, 1.5)),
      spec,
      (_, levels) => draws.integer(0, levels - 1),
    ),
    target: drawTarget(draws, loss, rows, outputs),
    seed: draws.word() * 2 ** 10 + 7,
    step: draws.integer(1, 9),
    ...(draws.chance(0.5) && { rowWeights: drawRowWeights(draws, rows) }),
  };
  if (!avoidKinks(network, layout)) return undefined;
  placeTargets(draws, network);
  return Math.abs(slope(draws, network)) < LEAST_SLOPE ? undefined : network;
}

/** The derivative of the loss along a random direction, computed from forward passes alone. */
function slope(draws: Draws, network: Case): number {
  const direction = network.parameters.map(() => (draws.chance(0.5) ? 1e-5 : -1e-5));
  const lossAt = (sign: number): number => {
    const parameters = network.parameters.map((value, j) => value + sign * direction[j]!);
    return new Step(referenceBackend, { ...network, parameters }).run('forward').loss();
  };
  return (lossAt(1) - lossAt(-1)) / 2e-5;
}

function drawSpec(index: number, draws: Draws): NetworkSpec {
  const group = Math.floor(index / LOSS_KINDS.length);
  const covering = index < COVERING_CASES;
  const depth = !covering
    ? draws.integer(1, 6)
    : group === 5
      ? draws.integer(1, 2)
      : draws.integer(3, 6);
  const layers: Layer[] = [];
  if (draws.chance(0.2)) layers.push(dropout(draws.choice([0.1, 0.5])));
  for (let place = 0; place < depth; place++) {
    const last = place === depth - 1;
    const kind =
      covering && !last
        ? ACTIVATION_KINDS[(2 * group + place) % ACTIVATION_KINDS.length]!
        : last && draws.chance(0.7)
          ? 'identity'
          : draws.choice(ACTIVATION_KINDS);
    layers.push(drawDense(draws, kind));
    if (draws.chance(0.25)) layers.push(dropout(draws.choice([0.1, 0.3, 0.5])));
  }
  const inputs = draws.logInteger(1, 33);
  return {
    inputs,
    layers: withColumnLayers(layers, inputs, new Draws(draws.word())),
    seed: 0,
    dtype: 'float64',
  };
}

/**
 * Inserts layers that act on columns or rows at random places: before the first layer, between layers, after the last. With
 * a small ε, a normalised row of few columns is so steep that a finite difference is no derivative; so ε is drawn large,
 * and a row of one column is not normalised. For the same reason only small numbers get a periodic embedding: those of the
 * input, and the outputs of tanh and σ.
 */
function withColumnLayers(layers: readonly Layer[], inputs: number, draws: Draws): Layer[] {
  const some = (columns: number): Layer[] => {
    if (draws.chance(0.2)) return [scaling()];
    if (columns < 2 || !draws.chance(0.2)) return [];
    const epsilon = draws.choice([0.3, 1]);
    return [layerNormalization({ epsilon, affine: draws.chance(0.7) })];
  };
  let columns = inputs;
  const after = (embedded: readonly Layer[]): Layer[] => {
    for (const layer of embedded) columns = kindOf(layer).outputs(layer, columns);
    const added = some(columns);
    for (const layer of added) columns = kindOf(layer).outputs(layer, columns);
    return [...embedded, ...added];
  };
  return [
    ...after(embeddingsOfInput(draws, inputs)),
    ...layers.flatMap((layer) => {
      columns = kindOf(layer).outputs(layer, columns);
      const small = layer.kind === 'dense' && /tanh|sigmoid/.test(layer.activation.kind);
      return [layer, ...after(small ? embedding(draws, columns) : [])];
    }),
  ];
}

function drawDense(draws: Draws, kind: Activation['kind']): Layer {
  const activation =
    kind === 'leaky-relu'
      ? { kind, slope: draws.choice([0.01, 0.3]) }
      : kind === 'elu'
        ? { kind, alpha: draws.choice([1, 0.5]) }
        : kind;
  // A unit whose activation has a kink needs a bias, because `avoidKinks` moves the bias.
  const bias = activationFacts(kind).kinked || draws.chance(0.8);
  return dense(draws.logInteger(1, 33), { activation, bias });
}

function drawLoss(draws: Draws, kind: LossKind): Loss {
  const entropy = lossFacts(kind).parameter === 'labelSmoothing';
  return {
    kind,
    labelSmoothing: entropy && draws.chance(0.5) ? draws.choice([0.1, 0.3]) : 0,
    delta: draws.choice([1, 0.7]),
    quantile: kind === 'pinball' ? draws.choice([0.1, 0.5, 0.9]) : 0.5,
  };
}

/** Weights of variance 1/fanIn, so that signals and fifth derivatives keep their size through six layers. */
function drawParameters(draws: Draws, layout: Layout): Float64Array {
  const flat = draws.array(layout.parameterCount, () => draws.uniform(-0.4, 0.4));
  for (const { role, shape, offset, size } of layout.parameters) {
    const [, fanIn] = shape;
    if (fanIn === undefined) {
      // The factors of columns are around 1, so that they keep the size of signals too.
      if (role === 'weight') for (let j = 0; j < size; j++) flat[offset + j]! += 1;
      continue;
    }
    // A wave of high frequency is too steep for a finite difference.
    const bound = role === 'frequency' ? 0.2 : Math.sqrt(3 / fanIn);
    for (let j = 0; j < size; j++) flat[offset + j] = draws.uniform(-bound, bound);
  }
  return flat;
}

function drawRowWeights(draws: Draws, rows: number): Float64Array {
  const weights = draws.array(rows, () => (draws.chance(0.1) ? 0 : draws.uniform(0.1, 3)));
  weights[0] = 1;
  return weights;
}

/** Labels or soft rows for softmax; a first guess for the others, which {@link placeTargets} corrects. */
function drawTarget(
  draws: Draws,
  { kind }: Loss,
  rows: number,
  outputs: number,
): Int32Array | Float64Array {
  if (lossFacts(kind).targets === 'class') {
    if (draws.chance(0.5))
      return Int32Array.from({ length: rows }, () => draws.integer(0, outputs - 1));
    const soft = draws.array(rows * outputs, () =>
      draws.chance(0.2) ? 0 : draws.uniform(0.05, 1),
    );
    for (let n = 0; n < rows; n++) {
      const row = soft.subarray(n * outputs, (n + 1) * outputs);
      row[0] = 0.3;
      const sum = row.reduce((total, value) => total + value, 0);
      for (let k = 0; k < outputs; k++) row[k]! /= sum;
    }
    return soft;
  }
  return draws.array(rows * outputs, () =>
    draws.chance(0.5) ? draws.integer(0, 1) : draws.uniform(),
  );
}

/** Moves real targets to a distance from the outputs at which no loss has a kink. */
function placeTargets(draws: Draws, network: Case): void {
  const { kind, delta } = network.loss;
  const { targets, least } = lossFacts(kind);
  // A loss with a smallest target is smooth, and keeps its first guess.
  if (targets !== 'numbers' || least !== undefined) return;
  const outputs = forwardTrace(network).at(-1)!;
  for (let j = 0; j < outputs.length; j++) {
    const distance = draws.chance(0.5)
      ? draws.uniform(0.1, 0.8 * delta)
      : draws.uniform(1.2 * delta, 2 * delta);
    network.target[j] = outputs[j]! + (draws.chance(0.5) ? distance : -distance);
  }
}

/** The traced values of each layer with parameters: its pre-activations m if they are stored, else h. The logits are last. */
function forwardTrace(network: Case): Float64Array[] {
  const step = new Step(referenceBackend, network, { purpose: 'trace' }).run('forward');
  const { tensors } = step.program;
  const values = layoutOf(network.spec)
    .layers.filter(({ parameters }) => parameters.length > 0)
    .map(({ index }) => step.values(tensors.has(`m${index}`) ? `m${index}` : `h${index}`));
  const logits = [...step.program.phases.forward].find((op) => op.kind === 'loss')!.logits.name;
  return [...values, step.values(logits)];
}

/** Moves biases until no pre-activation of an activation with a kink is within ten steps of 0. */
function avoidKinks(network: Case, layout: Layout): boolean {
  const margin = 10 * stepOf(LARGEST_PARAMETER);
  for (const { layer, index, parameters, outputs } of layout.layers) {
    if (layer.kind !== 'dense' || !activationFacts(layer.activation.kind).kinked) continue;
    const values = forwardTrace(network)[index]!;
    const bias = parameters.find(({ role }) => role === 'bias')!;
    for (let o = 0; o < outputs; o++) {
      const unit = values.filter((_, j) => j % outputs === o);
      network.parameters[bias.offset + o]! += smallestShift(unit, margin);
    }
  }
  return network.parameters.every((value) => Math.abs(value) < LARGEST_PARAMETER);
}

/** The smallest s such that every |value + s| is at least `margin`. */
function smallestShift(values: Float64Array, margin: number): number {
  const fits = (shift: number): boolean =>
    values.every((value) => Math.abs(value + shift) >= margin * (1 - 1e-9));
  const candidates = [0, ...[...values].flatMap((value) => [margin - value, -margin - value])];
  candidates.sort((left, right) => Math.abs(left) - Math.abs(right));
  return candidates.find(fits)!;
}

function describeCase(
  index: number,
  seed: number,
  { spec, loss, rows, rowWeights, target }: Case,
): string {
  const layers = layoutOf(spec).layers.map(
    ({ layer, outputs }) => `${outputs} ${kindOf(layer).title(layer)}`,
  );
  const extras = [
    rowWeights === undefined ? '' : ', weighted',
    loss.labelSmoothing === 0 ? '' : `, smoothing ${loss.labelSmoothing}`,
    target instanceof Int32Array ? ', labels' : '',
  ];
  return `case ${index} (seed ${seed}): ${rows} × ${spec.inputs} → ${layers.join(' → ')}; ${loss.kind}${extras.join('')}`;
}
