/**
 * What the parts of the lowering share: the request, the memory plan being made, and two questions about it.
 */
import { activationFacts, type ActivationKind } from '../activations/activation.ts';
import { outputOfLoss, type Loss, type OutputFunction } from '../losses/loss.ts';
import type { NetworkSpec } from '../network/spec.ts';
import type { MemoryPlan } from './memory.ts';
import type { ElementType, Precision, Purpose, Tensor, UpdateOp } from './program.ts';
import type { Namer } from './quantities.ts';

/** The optimiser as the lowering sees it: which rule, and which state it keeps. */
export interface UpdateRequest {
  readonly rule: UpdateOp['rule'];
  readonly firstMoments: boolean;
  readonly secondMoments: boolean;
  readonly thirdMoments: boolean;
  readonly nesterov: boolean;
  /** How many spare adjoint buffers sharding needs; 0 for one shard. */
  readonly spareAdjoints: number;
  /** Whether a copy of the best parameters is kept. */
  readonly keepBest: boolean;
}

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

/** The output function of a request: that of the loss, or the spec's own. */
export function outputFunction(request: LoweringRequest): OutputFunction {
  return request.loss === undefined
    ? (request.spec.output ?? 'identity')
    : outputOfLoss(request.loss.kind);
}

/** Whether φ′ needs m stored beside h. */
export function needsPreActivation(kind: ActivationKind): boolean {
  return activationFacts(kind).adjointFrom === 'preActivation';
}
