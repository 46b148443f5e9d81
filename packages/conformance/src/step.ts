/**
 * One step of one network on one backend, for tests: lowers a Program, binds it, fills its memory and runs
 * phases. It uses only the contract, as a trainer does, and keeps no state except the executable's.
 */
import type { Backend, Executable, Loss, NetworkSpec } from 'vinculum';
import {
  atOnce,
  lower,
  type Phase,
  type Program,
  SCALARS,
  type ScalarSlot,
  type UpdateRequest,
} from 'vinculum/internal';

/** A network with its parameters and a batch: everything on which a step depends. */
export interface Case {
  readonly spec: NetworkSpec;
  readonly loss: Loss;
  /** All weights, then all biases. */
  readonly parameters: Float64Array;
  readonly rows: number;
  /** Shape [rows, inputs]. */
  readonly x: Float64Array;
  /** Class indices of shape [rows], or numbers of shape [rows, outputs]. */
  readonly target: Int32Array | Float64Array;
  /** Shape [rows]; every weight is 1 if absent. */
  readonly rowWeights?: Float64Array;
  /** The seed of the dropout masks and the number of the step. */
  readonly seed: number;
  readonly step: number;
}

export interface StepOptions {
  readonly purpose?: 'train' | 'trace';
  readonly update?: UpdateRequest;
  readonly point?: boolean;
  /** The capacity of the Program; default: the number of rows. */
  readonly capacity?: number;
}

/** A case compiled for a backend, with its memory filled. */
export class Step {
  readonly executable: Executable;
  readonly program: Program;

  constructor(backend: Backend, network: Case, options: StepOptions = {}) {
    const { spec, loss, rows } = network;
    this.program = lower({
      spec,
      purpose: options.purpose ?? 'train',
      precision: backend.precision,
      capacity: options.capacity ?? rows,
      loss,
      data: {
        windowRows: Math.max(rows, 1),
        inputType: backend.precision,
        scale: 1,
        targets: network.target instanceof Int32Array ? 'labels' : 'rows',
        weighted: network.rowWeights !== undefined,
      },
      ...(options.update && { update: options.update }),
      ...(options.point !== undefined && { point: options.point }),
    });
    this.executable = backend.compile(this.program);
    this.#fill(network);
    atOnce(this.executable.run('prepare'));
  }

  #fill(network: Case): void {
    const { executable } = this;
    executable.view('parameters').set(network.parameters);
    executable.view('window.x').set(network.x);
    executable.view('window.target').set(network.target);
    if (network.rowWeights) executable.view('window.weights').set(network.rowWeights);
    const rows = executable.view('rows');
    for (let n = 0; n < network.rows; n++) rows[n] = n;
    const weightSum = weightSumOf(network);
    this.setScalars({
      rows: network.rows,
      rowOffset: 0,
      step: network.step,
      seedLow: network.seed % 2 ** 32,
      seedHigh: Math.floor(network.seed / 2 ** 32),
      inverseWeightSum: weightSum === 0 ? 0 : 1 / weightSum,
      clipScale: 1,
      clipValue: Infinity,
    });
  }

  setScalars(values: Partial<Record<ScalarSlot, number>>): void {
    for (const [slot, value] of Object.entries(values)) {
      this.executable.scalars[SCALARS[slot as ScalarSlot]] = value;
    }
  }

  scalar(slot: ScalarSlot): number {
    return this.executable.scalars[SCALARS[slot]]!;
  }

  run(...phases: Phase[]): this {
    for (const phase of phases) atOnce(this.executable.run(phase));
    return this;
  }

  /** The reported loss: Σ w ℓ / Σ w. */
  loss(): number {
    return this.scalar('loss') * this.scalar('inverseWeightSum');
  }

  /** A copy of a tensor, as numbers. */
  values(name: string): Float64Array {
    return Float64Array.from(this.executable.view(name));
  }

  /** A copy of the flat gradient after forward and backward. */
  gradient(): Float64Array {
    return this.run('forward', 'backward').values('adjoints');
  }

  close(): void {
    this.executable.close();
  }
}

/** Σ w over the rows. */
export function weightSumOf({ rowWeights, rows }: Case): number {
  return rowWeights === undefined ? rows : rowWeights.reduce((sum, weight) => sum + weight, 0);
}
