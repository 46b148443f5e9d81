/**
 * One training step on the reference in float64, lowered and filled with its parameters, rows and seed: what the
 * trace and the gradient check run, phase by phase. It keeps nothing of the network, so nothing of it changes.
 */
import type { HostExecutable } from '../backends/contract.ts';
import { referenceBackend } from '../backends/reference/backend.ts';
import type { Matrix } from '../arrays/matrix.ts';
import { range } from '../arrays/split.ts';
import type { Targets } from '../arrays/targets.ts';
import type { Loss } from '../losses/loss.ts';
import type { NetworkSpec } from '../network/spec.ts';
import { lower } from '../lowering/lower.ts';
import type { UpdateRequest } from '../lowering/lowering.ts';
import { SCALARS } from '../program/scalars.ts';
import { seedHigh, seedLow } from '../random/streams.ts';

/** A step, checked. */
export interface StepRequest {
  readonly spec: NetworkSpec;
  /** All weights, then all biases. */
  readonly flat: ArrayLike<number>;
  readonly matrix: Matrix;
  readonly targets: Targets;
  /** One a row; undefined where all are 1. */
  readonly weights: Float64Array | undefined;
  readonly loss: Loss;
  readonly seed: number;
  /** t, from 1. */
  readonly step: number;
}

/** What a trace has besides. */
export interface TraceShape {
  /** Whether one data point is written, with vectors and eq. (1)–(5). */
  readonly point: boolean;
  readonly update: UpdateRequest;
}

/**
 * Lowers and binds a step.
 *
 * @param request - the step
 * @param shape - of a trace, which stores every quantity; a step for its gradients alone has none
 * @returns the executable, which the caller closes
 */
export function openStep(request: StepRequest, shape?: TraceShape): HostExecutable {
  const { spec, flat, matrix, targets, weights, loss, seed, step } = request;
  const { rows, data, scale } = matrix;
  const executable = referenceBackend.compile(
    lower({
      spec,
      purpose: shape === undefined ? 'train' : 'trace',
      precision: 'float64',
      capacity: rows,
      loss,
      data: {
        windowRows: rows,
        inputType: 'float64',
        scale: 1,
        targets: targets.kind,
        weighted: weights !== undefined,
      },
      ...shape,
    }),
  );
  const fill = (name: string, values: ArrayLike<number>): void => {
    executable.view(name).set(values);
  };
  fill('parameters', flat);
  fill(
    'window.x',
    Float64Array.from(data, (value) => value * scale),
  );
  fill('window.target', targets.kind === 'labels' ? targets.labels : targets.data);
  if (weights !== undefined) fill('window.weights', weights);
  fill('rows', range(0, rows));
  const weightSum = weights?.reduce((sum, weight) => sum + weight, 0) ?? rows;
  const { scalars } = executable;
  scalars[SCALARS.rows] = rows;
  scalars[SCALARS.step] = step;
  scalars[SCALARS.seedLow] = seedLow(seed);
  scalars[SCALARS.seedHigh] = seedHigh(seed);
  scalars[SCALARS.inverseWeightSum] = weightSum > 0 ? 1 / weightSum : 0;
  return executable;
}

/** Σ w ℓ / Σ w, after a forward pass. */
export function meanLoss({ scalars }: HostExecutable): number {
  return scalars[SCALARS.loss]! * scalars[SCALARS.inverseWeightSum]!;
}
