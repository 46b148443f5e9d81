/** From stages to a network: factors and shifts of columns join the affine map beside them, activations join the map before them. */
import {
  dense,
  layerNormalization,
  network,
  type Activation,
  type Layer,
  type Network,
  type OutputFunction,
} from 'vinculum';
import { formatError } from 'vinculum/internal';
import type { Stage } from './stage.ts';

/** A dense layer that may still change. */
interface OpenDense {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly outputs: number;
  weight: Float64Array;
  bias: Float64Array;
  activation: Activation;
}

interface OpenNormalization {
  readonly kind: 'normalization';
  readonly epsilon: number;
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

type Open = OpenDense | OpenNormalization;

const IDENTITY: Activation = { kind: 'identity' };

/** x ∘ factor + shift. */
interface Columns {
  readonly factor: Float64Array;
  readonly shift: Float64Array;
}

/**
 * The network that does the same as the stages.
 *
 * @param where - the public function, for messages
 * @param columns - of the input, if the file says it
 */
export function networkOf(
  where: string,
  stages: readonly Stage[],
  columns: number | undefined,
): Network {
  const first = stages.find((stage) => stage.kind === 'affine');
  if (first === undefined) {
    const rule = 'must have a product with a matrix';
    throw formatError({ where, subject: 'the graph', rule });
  }
  const { inputs } = first;
  if (columns !== undefined && columns !== inputs) {
    const rule = `must have an input of ${inputs} columns, as its first matrix has`;
    throw formatError({ where, subject: 'the graph', rule, got: columns });
  }
  const { open, output } = new Builder(where, inputs).all(stages);
  const layers = open.map((one): Layer =>
    one.kind === 'dense'
      ? dense(one.outputs, { activation: one.activation })
      : layerNormalization({ epsilon: one.epsilon }),
  );
  const net = network({ inputs, layers, output });
  net.setParameters(
    new Map(
      open.flatMap(({ weight, bias }, index) => [
        [`layers.${index}.weight`, Float32Array.from(weight)] as const,
        [`layers.${index}.bias`, Float32Array.from(bias)] as const,
      ]),
    ),
  );
  return net;
}

/** The most columns for which a matrix is made that the graph does not have. */
const MOST_COLUMNS = 4096;

/** Takes stages in and keeps what must wait: factors and shifts that the next map takes. */
class Builder {
  readonly #where: string;
  readonly #open: Open[] = [];
  #width: number;
  #waiting: Columns | undefined;
  #output: OutputFunction = 'identity';

  constructor(where: string, inputs: number) {
    this.#where = where;
    this.#width = inputs;
  }

  all(stages: readonly Stage[]): {
    readonly open: readonly Open[];
    readonly output: OutputFunction;
  } {
    for (const [place, stage] of stages.entries()) this.#take(stage, place === stages.length - 1);
    this.#settle();
    const last = this.#lastDense();
    if (this.#output === 'identity' && last?.activation.kind === 'sigmoid') {
      last.activation = IDENTITY;
      this.#output = 'sigmoid';
    }
    return { open: this.#open, output: this.#output };
  }

  #take(stage: Stage, isLast: boolean): void {
    switch (stage.kind) {
      case 'affine':
        this.#affine(stage);
        break;
      case 'columns':
        this.#columns(stage);
        break;
      case 'activation':
        this.#activation(stage.activation);
        break;
      case 'normalization':
        this.#settle();
        this.#open.push({
          kind: 'normalization',
          epsilon: stage.epsilon,
          weight: this.#spread(stage.weight ?? Float64Array.of(1)),
          bias: this.#spread(stage.bias ?? Float64Array.of(0)),
        });
        break;
      case 'two-classes':
        this.#twoClasses();
        break;
      case 'softmax':
      case 'exp':
        if (!isLast) throw this.#fault(`must have ${stage.kind} at its end only`);
        this.#settle();
        this.#output = stage.kind;
        break;
      default:
        stage satisfies never;
    }
  }

  /** W (s ∘ x + t) + b = (W diag s) x + (W t + b). */
  #affine({ inputs, outputs, weight, bias }: Extract<Stage, { kind: 'affine' }>): void {
    if (inputs !== this.#width) {
      throw this.#fault(`must have a matrix for ${this.#width} columns, and has one for ${inputs}`);
    }
    const { factor, shift } = this.#waiting ?? {
      factor: Float64Array.of(1),
      shift: Float64Array.of(0),
    };
    const own = weight.map((one, at) => one * factor[(at % inputs) % factor.length]!);
    const offset = bias.slice();
    for (let out = 0; out < outputs; out++) {
      for (let column = 0; column < inputs; column++) {
        offset[out]! += weight[out * inputs + column]! * shift[column % shift.length]!;
      }
    }
    this.#waiting = undefined;
    this.#width = outputs;
    this.#open.push({
      kind: 'dense',
      inputs,
      outputs,
      weight: own,
      bias: offset,
      activation: IDENTITY,
    });
  }

  #columns({ factor, shift }: Columns): void {
    const [ownFactor, ownShift] = [this.#spread(factor), this.#spread(shift)];
    const before = this.#waiting;
    this.#waiting = {
      factor: ownFactor.map((one, column) => one * (before?.factor[column] ?? 1)),
      shift: ownShift.map((one, column) => one + ownFactor[column]! * (before?.shift[column] ?? 0)),
    };
  }

  /** One number for each column. */
  #spread(values: Float64Array): Float64Array {
    if (values.length === this.#width) return values;
    if (values.length === 1) return new Float64Array(this.#width).fill(values[0]!);
    throw this.#fault(`must have constants of ${this.#width} columns, and has ${values.length}`);
  }

  #activation(activation: Activation): void {
    this.#settle();
    const last = this.#lastDense();
    const isFree = last?.activation.kind === 'identity';
    (isFree ? last : this.#pushIdentity()).activation = activation;
  }

  /** Lets the last map take what waits for a next one; without a linear last map, a map of its own takes it. */
  #settle(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    const last = this.#lastDense();
    const map = last?.activation.kind === 'identity' ? last : this.#pushIdentity();
    map.weight = map.weight.map((one, at) => one * waiting.factor[Math.floor(at / map.inputs)]!);
    map.bias = map.bias.map((one, out) => one * waiting.factor[out]! + waiting.shift[out]!);
  }

  /** softmax(0, z) = (1 − σ(z), σ(z)). */
  #twoClasses(): void {
    const last = this.#lastDense();
    if (last?.activation.kind !== 'sigmoid' || last.outputs !== 1) {
      throw this.#fault('must have a sigmoid of one output before its two probabilities');
    }
    const { inputs } = last;
    const weight = new Float64Array(2 * inputs);
    weight.set(last.weight, inputs);
    const bias = Float64Array.of(0, last.bias[0]!);
    this.#open[this.#open.length - 1] = {
      kind: 'dense',
      inputs,
      outputs: 2,
      weight,
      bias,
      activation: IDENTITY,
    };
    this.#width = 2;
    this.#output = 'softmax';
  }

  #lastDense(): OpenDense | undefined {
    const last = this.#open.at(-1);
    return last?.kind === 'dense' ? last : undefined;
  }

  #pushIdentity(): OpenDense {
    const width = this.#width;
    if (width > MOST_COLUMNS) {
      throw this.#fault(
        `must have at most ${MOST_COLUMNS} columns where no matrix is, and has ${width}`,
      );
    }
    const weight = new Float64Array(width * width);
    for (let column = 0; column < width; column++) weight[column * (width + 1)] = 1;
    const bias = new Float64Array(width);
    const map: OpenDense = {
      kind: 'dense',
      inputs: width,
      outputs: width,
      weight,
      bias,
      activation: IDENTITY,
    };
    this.#open.push(map);
    return map;
  }

  #fault(rule: string): Error {
    return formatError({ where: this.#where, subject: 'the graph', rule });
  }
}
