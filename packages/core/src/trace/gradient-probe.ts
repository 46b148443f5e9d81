/**
 * A network's loss as a function of its parameters, and its derivative by one parameter at a time: what a
 * gradient check needs. It notices when a step of the stencil crosses a kink of an activation or of the loss,
 * where a finite difference is no derivative.
 */
import type { Backend, HostExecutable, TensorView } from '../backends/contract.ts';
import type { Targets } from '../data/targets.ts';
import type { Loss } from '../losses/loss.ts';
import type { NetworkSpec } from '../network/spec.ts';
import { lower } from '../program/lower.ts';
import type { Op } from '../program/program.ts';
import { seedHigh, seedLow } from '../random/streams.ts';
import { SCALARS, type ScalarSlot } from '../program/scalars.ts';

/** Everything that the loss is a function of, checked. */
export interface ProbeRequest {
  readonly spec: NetworkSpec;
  readonly loss: Loss;
  /** All weights, then all biases. */
  readonly flat: Float64Array;
  /** Shape [rows, inputs]. */
  readonly x: Float64Array;
  readonly rows: number;
  readonly targets: Targets;
  readonly weights: Float64Array | undefined;
  readonly seed: number;
  readonly step: number;
}

const KINKED: readonly string[] = ['relu', 'leaky-relu', 'elu', 'selu'];

/** One bound Program; {@link close} gives its memory back. */
export class GradientProbe {
  readonly #executable: HostExecutable;
  readonly #parameters: TensorView;
  readonly #sides: readonly SideReader[];

  constructor(backend: Backend, request: ProbeRequest) {
    const { targets, weights, rows } = request;
    const program = lower({
      spec: request.spec,
      purpose: 'train',
      precision: backend.precision,
      capacity: rows,
      loss: request.loss,
      data: {
        windowRows: rows,
        inputType: backend.precision,
        scale: 1,
        targets: targets.kind,
        weighted: weights !== undefined,
      },
    });
    this.#executable = backend.compile(program);
    this.#parameters = this.#executable.view('parameters');
    this.#fill(request);
    this.#sides = program.phases.forward.flatMap((op) => sideReader(op, this.#executable));
  }

  /** The gradient by backpropagation; a copy. */
  gradient(): Float64Array {
    this.#executable.run('forward');
    this.#executable.run('backward');
    return Float64Array.from(this.#executable.view('adjoints'));
  }

  /** Σ w ℓ / Σ w at the parameters. */
  loss(): number {
    this.#executable.run('forward');
    return this.#scalar('loss') * this.#scalar('inverseWeightSum');
  }

  /** ∂loss/∂θ of one parameter by the 5-point stencil; undefined where a kink is within two steps. */
  derivative(place: number): number | undefined {
    const centre = this.#parameters[place]!;
    const h = 1e-3 * Math.max(1, Math.abs(centre));
    this.loss();
    for (const side of this.#sides) side.remember();
    let difference = 0;
    let crossed = false;
    for (const [steps, factor] of STENCIL) {
      this.#parameters[place] = centre + steps * h;
      difference += factor * this.loss();
      crossed ||= this.#sides.some((side) => side.crossed());
    }
    this.#parameters[place] = centre;
    return crossed ? undefined : difference / (12 * h);
  }

  close(): void {
    this.#executable.close();
  }

  #fill({ flat, x, targets, weights, rows, seed, step }: ProbeRequest): void {
    const executable = this.#executable;
    this.#parameters.set(flat);
    executable.view('window.x').set(x);
    executable.view('window.target').set(targets.kind === 'labels' ? targets.labels : targets.data);
    if (weights !== undefined) executable.view('window.weights').set(weights);
    const indices = executable.view('rows');
    let weightSum = 0;
    for (let row = 0; row < rows; row++) {
      indices[row] = row;
      weightSum += weights?.[row] ?? 1;
    }
    const { scalars } = executable;
    scalars[SCALARS.rows] = rows;
    scalars[SCALARS.step] = step;
    scalars[SCALARS.seedLow] = seedLow(seed);
    scalars[SCALARS.seedHigh] = seedHigh(seed);
    scalars[SCALARS.inverseWeightSum] = weightSum > 0 ? 1 / weightSum : 0;
  }

  #scalar(slot: ScalarSlot): number {
    return this.#executable.scalars[SCALARS[slot]]!;
  }
}

/** [steps of h, factor] of the stencil. */
const STENCIL = [
  [-2, 1],
  [-1, -8],
  [1, 8],
  [2, -1],
] as const;

/** Which side of its kinks each element of a tensor is on. */
interface SideReader {
  remember(): void;
  crossed(): boolean;
}

/** Readers for the kinks of an op: h of a kinked activation has the sign of m; z − t of mae and huber. */
function sideReader(op: Op, executable: HostExecutable): SideReader[] {
  if (op.kind === 'dense' && KINKED.includes(op.activation.kind)) {
    const h = executable.view(op.out.name);
    return [readSides(h.length, (j) => (h[j]! > 0 ? 1 : 0))];
  }
  if (op.kind !== 'loss' || (op.loss.kind !== 'mae' && op.loss.kind !== 'huber')) return [];
  const limit = op.loss.kind === 'mae' ? 0 : op.loss.delta;
  const z = executable.view(op.logits.name);
  const t = executable.view(op.target.name);
  return [
    readSides(z.length, (j) => {
      const distance = z[j]! - t[j]!;
      if (distance > limit) return 2;
      return distance < -limit ? 0 : 1;
    }),
  ];
}

function readSides(length: number, sideOf: (j: number) => number): SideReader {
  const known = new Uint8Array(length);
  return {
    remember: () => {
      for (let j = 0; j < length; j++) known[j] = sideOf(j);
    },
    crossed: () => known.some((side, j) => side !== sideOf(j)),
  };
}
