/**
 * What the parts of the lowering share: the request, the memory plan, and the functions that declare tensors in
 * the plan and describe them for the trace.
 */
import type { Loss } from '../losses/loss.ts';
import { layoutOf, type Layout, type ParameterPlace } from '../network/layout.ts';
import type { NetworkSpec } from '../network/spec.ts';
import type { Moment } from '../optim/contract.ts';
import type { UpdateNeeds } from '../optim/optimizer.ts';
import { MemoryPlan } from '../program/memory.ts';
import type { Numerics } from '../program/numerics.ts';
import type {
  ElementType,
  Origin,
  Precision,
  Purpose,
  Region,
  Tensor,
} from '../program/program.ts';
import type { ScalarSlot } from '../program/scalars.ts';

/** What the lowering knows about the optimiser: its rule, and the moments that it keeps. */
export interface UpdateRequest extends UpdateNeeds {
  /** trace only: values that are computed from the moments for people to read. */
  readonly scaledMoments?: readonly ScaledMoment[];
  /** How many spare adjoint buffers sharding needs; 0 for one shard. */
  readonly spareAdjoints: number;
  /** Whether a copy of the best parameters is kept. */
  readonly keepBest: boolean;
  /** The largest norm of the incoming weights of a unit; absent, there is none. */
  readonly maxNorm?: number | undefined;
}

/** A copy of a moment times a scalar, such as m̂ of eq. (28). */
export interface ScaledMoment {
  /** The name of its tensor. */
  readonly name: string;
  readonly moment: Moment;
  readonly factor: ScalarSlot;
}

/** The form of the data of a run. */
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

/** A network and the purpose for which it is lowered. */
export interface LoweringRequest {
  readonly spec: NetworkSpec;
  readonly purpose: Purpose;
  readonly precision: Precision;
  /** Default `'portable'`. */
  readonly numerics?: Numerics | undefined;
  /** N: the most rows of one run. */
  readonly capacity: number;
  /** train and trace only. */
  readonly loss?: Loss;
  readonly data?: DataRequest;
  readonly update?: UpdateRequest;
}

/** What the parts of the lowering share. */
export interface Lowering {
  readonly request: LoweringRequest;
  readonly layout: Layout;
  readonly plan: MemoryPlan;
  /** Whether every quantity is stored, unfused. */
  readonly traced: boolean;
  /** The parameters in flat order. */
  readonly flatParameters: Tensor;
  /** Declares a tensor of reals that can be read after a step. */
  readonly value: (name: string, shape: Tensor['shape'], origin: Origin) => Tensor;
  /** Declares a tensor of reals that the trace does not show. */
  readonly hidden: (name: string, shape: Tensor['shape'], region?: Region) => Tensor;
  /** Declares a tensor with an element for each parameter. */
  readonly flat: (name: string, region: Region) => Tensor;
  /** One parameter of a layer inside a flat tensor; with the suffix `Bar`, its adjoint. */
  readonly part: (host: Tensor, place: ParameterPlace, suffix: '' | 'Bar', layer: number) => Tensor;
}

/** Begins the lowering of a request. */
export function newLowering(request: LoweringRequest): Lowering {
  const { spec, precision, purpose, capacity } = request;
  const layout = layoutOf(spec);
  const plan = new MemoryPlan(capacity);
  const flat: Lowering['flat'] = (name, region) =>
    plan.declare({ name, shape: [layout.parameterCount], type: precision, region });
  return {
    request,
    layout,
    plan,
    traced: purpose === 'trace',
    flatParameters: flat('parameters', 'parameters'),
    value: (name, shape, origin) => plan.declare({ name, shape, type: precision, origin }),
    hidden: (name, shape, region = 'scratch') =>
      plan.declare({ name, shape, type: precision, region }),
    flat,
    part: (host, { name, role, shape, offset }, suffix, layer) =>
      plan.within(host, offset, {
        name: `${name}${suffix}`,
        shape,
        origin: { layer, role: `${role}${suffix}` },
      }),
  };
}
