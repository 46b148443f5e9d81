/**
 * One training step on the reference backend in float64, with its parameters, rows and seed. The trace and the gradient
 * check run it phase by phase. It works on copies, so the network does not change.
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
  /** One for each row; undefined if all are 1. */
  readonly weights: Float64Array | undefined;
  readonly loss: Loss;
  readonly seed: number;
  /** t, from 1. */
  readonly step: number;
}

/** A step whose rows are bound: its phases run one by one. */
export class BoundStep extends BatchRunner {
  /**
   * @param request - the step
   * @param update - for a trace, which stores every quantity; absent for a step that only computes gradients
   */
  constructor(request: StepRequest, update?: UpdateRequest) {
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
      traced: update !== undefined,
      ...(update && { update }),
    });
    const order = range(0, rows);
    this.weigh(order, 0, rows);
    this.bind(order, 0, rows, 0);
  }

  /** Runs a phase. On the reference backend it has ended when this returns. */
  compute(phase: Phase): void {
    atOnce(this.run(phase));
  }

  /** Σ w ℓ / Σ w, after a forward pass. */
  meanLoss(): number {
    return this.scalars[SCALARS.loss]! * this.scalars[SCALARS.inverseWeightSum]!;
  }
}
