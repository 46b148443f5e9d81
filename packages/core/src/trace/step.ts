/**
 * One training step on the reference in float64, with its parameters, rows and seed: what the trace and the gradient
 * check run, phase by phase. It keeps nothing of the network, so nothing of it changes.
 */
import type { Matrix } from '../arrays/matrix.ts';
import { range } from '../arrays/split.ts';
import type { Targets } from '../arrays/targets.ts';
import { referenceBackend } from '../backends/reference/backend.ts';
import type { Loss } from '../losses/loss.ts';
import { atOnce } from '../model/runner.ts';
import { layoutOf } from '../network/layout.ts';
import type { NetworkSpec } from '../network/spec.ts';
import type { UpdateRequest } from '../lowering/lowering.ts';
import type { Phase } from '../program/program.ts';
import { SCALARS } from '../program/scalars.ts';
import { BatchRunner } from '../train/batch-runner.ts';
import { DataSet } from '../train/data-set.ts';
import { newStepState } from '../train/run-state.ts';

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

/** A step whose rows are bound: its phases run one by one. */
export class BoundStep extends BatchRunner {
  /**
   * @param request - the step
   * @param shape - of a trace, which stores every quantity; a step for its gradients alone has none
   */
  constructor(request: StepRequest, shape?: TraceShape) {
    const { spec, flat, matrix, targets, weights, loss, seed, step } = request;
    const { rows } = matrix;
    const backend = referenceBackend;
    super({
      network: { spec, layout: layoutOf(spec) },
      parameters: flat,
      loss,
      backend,
      data: new DataSet([{ matrix, targets, weights }], backend.precision),
      capacity: rows,
      seed,
      progress: { ...newStepState(), steps: step - 1 },
      traced: shape !== undefined,
      ...shape,
    });
    const order = range(0, rows);
    this.weigh(order, 0, rows);
    this.bind(order, 0, rows, 0);
  }

  /** Runs a phase; on the reference it has ended then. */
  compute(phase: Phase): void {
    atOnce(this.run(phase));
  }

  /** Σ w ℓ / Σ w, after a forward pass. */
  meanLoss(): number {
    return this.scalars[SCALARS.loss]! * this.scalars[SCALARS.inverseWeightSum]!;
  }
}
