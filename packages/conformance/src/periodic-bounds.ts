/**
 * The error bounds of the periodic embedding, eq. (43)–(46). Each row is computed in float64 and rounded once, so a bound is
 * the sum of the propagated errors of the inputs, one rounding, and the rounding errors of float64. Sine and cosine are never
 * steeper than 1, so each is wrong by at most the error of its angle.
 */
import type { Tensor } from 'vinculum/internal';
import { columnsOf, EVALUATION, type BoundAccess, type OpOf } from './bound-access.ts';

type PeriodicOp = OpOf<
  'embedPeriodic' | 'embedPeriodicWeightAdjoint' | 'embedPeriodicInputAdjoint'
>;

/** One cosine of one row. */
interface Wave {
  readonly n: number;
  /** The place of the column among the embedded ones, and the column. */
  readonly c: number;
  readonly i: number;
  /** The place of its frequency and phase. */
  readonly at: number;
  readonly x: number;
  readonly xError: number;
  readonly frequency: number;
  /** How far the angle can be wrong. */
  readonly angleError: number;
}

function* wavesOf(op: PeriodicOp, { rows, values, errors }: BoundAccess): Generator<Wave> {
  const [input, inputErrors] = [values(op.input), errors(op.input)];
  const [frequency, phase] = [values(op.frequency), values(op.phase)];
  const [columns, frequencies] = [columnsOf(op.input), columnsOf(op.frequency)];
  for (let n = 0; n < rows; n++) {
    for (const [c, i] of op.embedded.entries()) {
      const x = input[n * columns + i]!;
      const xError = inputErrors[n * columns + i]!;
      for (let f = 0; f < frequencies; f++) {
        const at = c * frequencies + f;
        const turns = 2 * Math.PI * Math.abs(frequency[at]!);
        const size = turns * (Math.abs(x) + xError) + Math.abs(phase[at]!);
        const angleError = turns * xError + EVALUATION * (1 + size);
        yield { n, c, i, at, x, xError, frequency: frequency[at]!, angleError };
      }
    }
  }
}

/** The weight of a cosine in each unit. */
function unitsOf({ weight, units }: PeriodicOp, values: Float64Array, { c, at }: Wave): number[] {
  const frequencies = columnsOf(weight);
  return Array.from({ length: units }, (_, e) =>
    Math.abs(values[(c * units + e) * frequencies + (at % frequencies)]!),
  );
}

export function boundEmbedPeriodic(op: OpOf<'embedPeriodic'>, access: BoundAccess): void {
  const { values, errors, rounding, set } = access;
  const { out, cosines, input, weight, bias, units } = op;
  const [columns, width, weights] = [columnsOf(input), columnsOf(out), values(weight)];
  const inherited = new Float64Array(out.size);
  const sizes = new Float64Array(out.size);
  const cosineBounds = new Float64Array(cosines?.size ?? 0);
  for (const wave of wavesOf(op, access)) {
    const { n, c, at, angleError } = wave;
    for (const [e, size] of unitsOf(op, weights, wave).entries()) {
      inherited[n * width + columns + c * units + e]! += size * angleError;
      sizes[n * width + columns + c * units + e]! += size;
    }
    if (cosines) cosineBounds[n * columnsOf(cosines) + at] = angleError + rounding(1 + angleError);
  }
  const [biases, inputErrors] = [values(bias), errors(input)];
  const bounds = inherited.map((error, j) => {
    const [n, column] = [Math.floor(j / width), j % width];
    // The first columns are a copy.
    if (column < columns) return inputErrors[n * columns + column]!;
    const whole = sizes[j]! + Math.abs(biases[column - columns]!);
    return error + EVALUATION * whole + rounding(whole + error);
  });
  set(out, bounds);
  if (cosines) set(cosines, cosineBounds);
}

/** The adjoint of a cosine, as a size with its error: Σₑ h̄ₑ W. */
function cosineBar(
  op: PeriodicOp & { outBar: Tensor },
  access: BoundAccess,
  wave: Wave,
): [number, number] {
  const [bars, barErrors] = [access.values(op.outBar), access.errors(op.outBar)];
  const start = wave.n * columnsOf(op.outBar) + columnsOf(op.input) + wave.c * op.units;
  let [size, error] = [0, 0];
  for (const [e, weight] of unitsOf(op, access.values(op.weight), wave).entries()) {
    size += Math.abs(bars[start + e]!) * weight;
    error += barErrors[start + e]! * weight;
  }
  return [size, error];
}

export function boundEmbedPeriodicWeightAdjoint(
  op: OpOf<'embedPeriodicWeightAdjoint'>,
  access: BoundAccess,
): void {
  const { rounding, set, values, errors, rows } = access;
  const [bars, barErrors] = [values(op.outBar), errors(op.outBar)];
  const [columns, width, frequencies] = [
    columnsOf(op.input),
    columnsOf(op.outBar),
    columnsOf(op.frequency),
  ];
  /** For each tensor the propagated error and the sum of the sizes of its terms. */
  const totals = new Map(
    [op.frequencyBar, op.phaseBar, op.weightBar, op.biasBar].map((tensor) => [
      tensor,
      { inherited: new Float64Array(tensor.size), sizes: new Float64Array(tensor.size) },
    ]),
  );
  const add = (tensor: Tensor, place: number, error: number, size: number): void => {
    totals.get(tensor)!.inherited[place]! += error;
    totals.get(tensor)!.sizes[place]! += size + error;
  };
  for (const wave of wavesOf(op, access)) {
    const { n, c, at, x, xError, angleError } = wave;
    for (let e = 0; e < op.units; e++) {
      const j = n * width + columns + c * op.units + e;
      const [g, eg] = [Math.abs(bars[j]!), barErrors[j]!];
      const unit = c * op.units + e;
      add(op.weightBar, unit * frequencies + (at % frequencies), eg + (g + eg) * angleError, g);
      if (at % frequencies === 0) add(op.biasBar, unit, eg, g);
    }
    const [size, error] = cosineBar(op, access, wave);
    const angleBarError = error + (size + error) * angleError;
    const reach = 2 * Math.PI * (Math.abs(x) + xError);
    add(op.phaseBar, at, angleBarError, size);
    add(op.frequencyBar, at, reach * angleBarError + 2 * Math.PI * size * xError, reach * size);
  }
  for (const [tensor, { inherited, sizes }] of totals) {
    set(
      tensor,
      inherited.map((error, j) => error + EVALUATION * sizes[j]! + rounding(sizes[j]!, rows + 1)),
    );
  }
}

export function boundEmbedPeriodicInputAdjoint(
  op: OpOf<'embedPeriodicInputAdjoint'>,
  access: BoundAccess,
): void {
  const { rounding, set, values, errors, rows } = access;
  const [bars, barErrors] = [values(op.outBar), errors(op.outBar)];
  const [columns, width] = [columnsOf(op.input), columnsOf(op.outBar)];
  const inherited = new Float64Array(op.inputBar.size);
  const sizes = new Float64Array(op.inputBar.size);
  for (let n = 0; n < rows; n++) {
    for (let i = 0; i < columns; i++) {
      inherited[n * columns + i] = barErrors[n * width + i]!;
      sizes[n * columns + i] = Math.abs(bars[n * width + i]!);
    }
  }
  for (const wave of wavesOf(op, access)) {
    const [size, error] = cosineBar(op, access, wave);
    const steep = 2 * Math.PI * Math.abs(wave.frequency);
    inherited[wave.n * columns + wave.i]! += steep * (error + (size + error) * wave.angleError);
    sizes[wave.n * columns + wave.i]! += steep * size;
  }
  const embedded = new Set(op.embedded);
  set(
    op.inputBar,
    inherited.map((error, j) => {
      if (!embedded.has(j % columns)) return error;
      const whole = sizes[j]! + error;
      return error + EVALUATION * whole + rounding(whole);
    }),
  );
}
