/**
 * What the parts of the lowering share: the request, the memory plan being made, and how tensors are declared
 * in it and named.
 */
import type { Loss } from '../losses/loss.ts';
import { layoutOf, type Layout, type ParameterPlace } from '../network/layout.ts';
import type { NetworkSpec } from '../network/spec.ts';
import type { Moment } from '../optim/contract.ts';
import type { UpdateNeeds } from '../optim/optimizer.ts';
import { MemoryPlan } from './memory.ts';
import type { ElementType, Precision, Purpose, Quantity, Region, Tensor } from './program.ts';
import { namer, type Role } from './quantities.ts';
import type { ScalarSlot } from './scalars.ts';

/** The optimiser as the lowering sees it: which rule, and which moments it keeps. */
export interface UpdateRequest extends UpdateNeeds {
  /** trace only: what is computed from the moments besides, for people. */
  readonly scaledMoments?: readonly ScaledMoment[];
  /** How many spare adjoint buffers sharding needs; 0 for one shard. */
  readonly spareAdjoints: number;
  /** Whether a copy of the best parameters is kept. */
  readonly keepBest: boolean;
}

/** A copy of a moment times a scalar, such as m̂ of eq. (28). */
export interface ScaledMoment {
  /** The name of its tensor. */
  readonly name: string;
  readonly moment: Moment;
  readonly factor: ScalarSlot;
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
  readonly layout: Layout;
  readonly plan: MemoryPlan;
  /** Whether every quantity is stored, unfused. */
  readonly traced: boolean;
  /** The parameters in flat order, and each by its dense layer. */
  readonly flatParameters: Tensor;
  readonly parameters: readonly DenseTensors[];
  /** Declares a tensor of reals that a step leaves behind; the trace names it by its role. */
  readonly scratch: (name: string, shape: Tensor['shape'], role: Role, index?: number) => Tensor;
  /** Declares a tensor with an element for each parameter. */
  readonly flat: (name: string, region: Region) => Tensor;
  /** The weight and bias of each dense layer inside a flat tensor, or with `Bar` their adjoints. */
  readonly byLayer: (host: Tensor, suffix: '' | 'Bar') => DenseTensors[];
}

/** The parameters of one dense layer, or their adjoints. */
export interface DenseTensors {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
}

/** Begins the lowering of a request: its parameters are declared. */
export function newLowering(request: LoweringRequest): Lowering {
  const { spec, precision, purpose, capacity, point = false } = request;
  const layout = layoutOf(spec);
  const plan = new MemoryPlan(capacity);
  const traced = purpose === 'trace';
  const nameOf = namer(layout.dense.length, point);
  const quantity = (role: Role, index: number): Quantity | undefined =>
    traced ? nameOf(role, index) : undefined;
  const flat: Lowering['flat'] = (name, region) =>
    plan.declare({ name, shape: [layout.parameterCount], type: precision, region });
  const byLayer: Lowering['byLayer'] = (host, suffix) => {
    const part = ({ name, role, shape, offset, layer }: ParameterPlace): Tensor =>
      plan.within(host, offset, {
        name: `${name}${suffix}`,
        shape,
        quantity: quantity(`${role}${suffix}`, layer),
      });
    return layout.dense.map(({ weight, bias }) => ({
      weight: part(weight),
      bias: bias && part(bias),
    }));
  };
  const flatParameters = flat('parameters', 'parameters');
  return {
    request,
    layout,
    plan,
    traced,
    flatParameters,
    parameters: byLayer(flatParameters, ''),
    scratch: (name, shape, role, index = 0) =>
      plan.declare({
        name,
        shape,
        type: precision,
        quantity: quantity(role, index),
      }),
    flat,
    byLayer,
  };
}
