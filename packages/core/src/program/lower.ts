/**
 * Lowering: (network, purpose, loss, optimiser) → Program. `train` fuses bias, activation and φ′ into the
 * matrix ops and stores only what the backward pass reads; `trace` lowers the same ops unfused with every
 * quantity stored and named; `predict` has the forward ops alone. All three give the same bits.
 */
import { activationFacts } from '../activations/activation.ts';
import { outputOfLoss, type Loss } from '../losses/loss.ts';
import { layoutOf } from '../network/layout.ts';
import type { NetworkSpec } from '../network/spec.ts';
import { lowerBackward } from './lower-backward.ts';
import { lowerForward } from './lower-forward.ts';
import { lowerUpdate, type UpdateRequest } from './lower-update.ts';
import { MemoryPlan } from './memory.ts';
import type { ElementType, Op, Phase, Precision, Program, Purpose, Tensor } from './program.ts';
import { namer, type Namer } from './quantities.ts';

/** What the data of a run look like. */
export interface DataRequest {
  /** Rows of the data window; a batch is gathered from it. */
  readonly windowRows: number;
  /** The window's type; uint8 rows are scaled while they are gathered. */
  readonly inputType: ElementType;
  /** The factor for the inputs; 1 for none. */
  readonly scale: number;
  readonly targets: 'labels' | 'rows';
  /** Whether rows carry weights. */
  readonly weighted: boolean;
}

/** What to lower for. */
export interface LoweringRequest {
  readonly spec: NetworkSpec;
  readonly purpose: Purpose;
  readonly precision: Precision;
  /** N: the most rows of one run. */
  readonly capacity: number;
  /** train and trace only. */
  readonly loss?: Loss;
  readonly data?: DataRequest;
  readonly update?: UpdateRequest;
  /** trace only: one data point, so eq. (1)–(5) and (12)–(18) instead of the batch's. */
  readonly point?: boolean;
}

/** What the parts of the lowering share. */
export interface Lowering {
  readonly request: LoweringRequest;
  readonly plan: MemoryPlan;
  readonly names: Namer;
  /** The type of real tensors. */
  readonly real: Precision;
  /** Whether every quantity is stored, unfused. */
  readonly traced: boolean;
  readonly parameters: readonly ParameterTensors[];
}

/** The tensors of one dense layer's parameters. */
export interface ParameterTensors {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
  readonly packed: Tensor;
}

/**
 * Lowers a network for a purpose.
 *
 * @returns a Program; plain data, immutable
 */
export function lower(request: LoweringRequest): Program {
  const { spec, purpose, precision, capacity } = request;
  const layout = layoutOf(spec);
  const plan = new MemoryPlan(capacity);
  const traced = purpose === 'trace';
  const names = namer(layout.dense.length, request.point ?? false);
  const region = plan.declare({
    name: 'parameters',
    shape: [layout.parameterCount],
    type: precision,
    region: 'parameters',
  });
  const parameters = layout.dense.map(({ weight, bias, index, fanIn, fanOut }) => ({
    weight: plan.within(region, weight.offset, {
      name: weight.name,
      shape: weight.shape,
      quantity: traced ? names.quantity('weight', index) : undefined,
    }),
    bias:
      bias === undefined
        ? undefined
        : plan.within(region, bias.offset, {
            name: bias.name,
            shape: bias.shape,
            quantity: traced ? names.quantity('bias', index) : undefined,
          }),
    packed: plan.declare({
      name: `layers.${index}.packed`,
      shape: [packedSize(fanIn, fanOut)],
      type: precision,
      region: 'packed',
    }),
  }));
  const lowering: Lowering = { request, plan, names, real: precision, traced, parameters };
  const phases: Record<Phase, Op[]> = {
    prepare: [],
    forward: [],
    backward: [],
    check: [],
    update: [],
    evaluate: [],
  };
  phases.prepare = parameters.map(({ weight, packed }) => ({
    kind: 'packWeights',
    out: packed,
    weight,
  }));
  const forward = lowerForward(lowering, layout);
  if (purpose === 'predict') {
    phases.forward = forward.training;
  } else {
    phases.forward = [...phases.prepare, ...forward.training];
    phases.evaluate = forward.evaluation;
    const update = lowerUpdate(lowering, layout);
    phases.backward = lowerBackward(lowering, layout, forward, update.adjoints);
    phases.check = update.check;
    phases.update = update.update;
  }
  const arenaBytes = plan.place();
  return {
    spec,
    layout,
    purpose,
    precision,
    capacity,
    tensors: plan.tensors(),
    phases,
    arenaBytes,
  };
}

/** Columns of a panel of packed weights; the wasm kernels' tile is as wide. */
export const PANEL_COLUMNS = 8;

function packedSize(fanIn: number, fanOut: number): number {
  return Math.floor((fanOut + PANEL_COLUMNS - 1) / PANEL_COLUMNS) * PANEL_COLUMNS * fanIn;
}

/** The output function of a request: that of the loss, or the spec's own. */
export function outputFunction(request: LoweringRequest): 'identity' | 'softmax' | 'sigmoid' {
  return request.loss === undefined
    ? (request.spec.output ?? 'identity')
    : outputOfLoss(request.loss.kind);
}

/** Whether φ′ needs m stored beside h. */
export function needsPreActivation(kind: Parameters<typeof activationFacts>[0]): boolean {
  return activationFacts(kind).adjointFrom === 'preActivation';
}
