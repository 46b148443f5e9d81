/**
 * The slips of the notes: eq. (6), (8), (13), (19), (29), (30), (33). Each test shows that the slip fails and that its
 * correction holds. `docs/errata.md` describes them in words; here they are executed. The slips are written in this file
 * as they are in the notes; the corrections are the library's own code.
 */
import { describe, expect, it } from 'vitest';
import { dense, network } from 'vinculum';
import { clipScale, readLoss, referenceBackend } from 'vinculum/internal';
import { Draws } from './draws.ts';
import { compareGradients, numericGradient } from './stencil.ts';
import { Step, type Case } from './step.ts';

type Matrix = readonly (readonly number[])[];

/** A·B. Like every matrix library, it refuses shapes that do not conform. */
function product(left: Matrix, right: Matrix): number[][] {
  if (left[0]!.length !== right.length) {
    throw new RangeError(
      `product: shapes must conform; got [${left.length}, ${left[0]!.length}] · [${right.length}, ${right[0]!.length}].`,
    );
  }
  return left.map((row) =>
    right[0]!.map((_, column) =>
      row.reduce((sum, value, k) => sum + value * right[k]![column]!, 0),
    ),
  );
}

function transposed(matrix: Matrix): number[][] {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}

function drawMatrix(draws: Draws, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => [...draws.array(columns, () => draws.normal())]);
}

/** Whether changing row j of X changes row i of f(X). */
function rowsMix(f: (x: Matrix) => Matrix, x: Matrix, i: number, j: number): boolean {
  const changed = x.map((row, n) => (n === j ? row.map((value) => value + 1) : row));
  return f(x)[i]!.some((value, k) => value !== f(changed)[i]![k]);
}

describe('eq. (6) and eq. (8) of the notes: W x + 1 bᵀ with data in rows', () => {
  const draws = new Draws(6);

  it('eq. (6), (8): W X does not conform when N ≠ D; X Wᵀ does', () => {
    const x = drawMatrix(draws, 5, 3);
    const weight = drawMatrix(draws, 4, 3);
    expect(() => product(weight, x)).toThrow(RangeError);
    expect(product(x, transposed(weight)).map((row) => row.length)).toEqual([4, 4, 4, 4, 4]);
  });

  it('eq. (6), (8): with N = D = H the slip runs but mixes rows; the correction does not', () => {
    const x = drawMatrix(draws, 3, 3);
    const weight = drawMatrix(draws, 3, 3);
    expect(rowsMix((rows) => product(weight, rows), x, 0, 2)).toBe(true);
    expect(rowsMix((rows) => product(rows, transposed(weight)), x, 0, 2)).toBe(false);
  });

  it('eq. (6), (8): the library computes X Wᵀ + b, and no row sees another', () => {
    const x = drawMatrix(draws, 3, 3);
    const net = network({ inputs: 3, layers: [dense(3)], dtype: 'float64' });
    const weight = drawMatrix(draws, 3, 3);
    const bias = [0.5, -1, 2];
    net.setParameters({ 'layers.0.weight': weight.flat(), 'layers.0.bias': bias });
    const logits = (rows: Matrix): number[][] => {
      const { data } = net.logits(rows);
      return rows.map((_, n) => [...data.subarray(n * 3, (n + 1) * 3)]);
    };
    const expected = product(x, transposed(weight)).map((row) => row.map((z, k) => z + bias[k]!));
    expect(
      logits(x)
        .flat()
        .map((z, j) => Math.abs(z - expected.flat()[j]!) < 1e-14),
    ).not.toContain(false);
    expect(rowsMix(logits, x, 0, 2)).toBe(false);
    expect(rowsMix(logits, x, 2, 2)).toBe(true);
  });
});

/** A two-layer classifier of the notes with H = K, so that the shapes of the slips conform too. */
function squareNet(rows: number, seed = 13): Case {
  const draws = new Draws(seed);
  return {
    spec: {
      inputs: 3,
      layers: [dense(4, { activation: 'tanh' }), dense(4)],
      seed: 0,
      dtype: 'float64',
    },
    loss: readLoss('test', 'softmax-cross-entropy'),
    parameters: draws.array(3 * 4 + 4 * 4 + 4 + 4, () => draws.normal()),
    rows,
    x: draws.array(rows * 3, () => draws.normal()),
    target: Int32Array.from({ length: rows }, (_, n) => n % 4),
    seed: 0,
    step: 1,
  };
}

describe('eq. (13) of the notes: h̄ = z̄', () => {
  it('eq. (13): without the factor W²ᵀ the gradient check of a net with H = K fails', () => {
    const point = squareNet(1);
    const step = new Step(referenceBackend, point, { purpose: 'trace', point: true });
    const right = step.gradient();
    const numeric = numericGradient(step);
    step.run('forward', 'backward');
    const logitsBar = step.values('adjoint.0');
    const h = step.values('h0');
    // eq. (16)–(18) with the h̄ of the slip: m̄ = z̄ ∘ φ′(m), W̄¹ = m̄ xᵀ, b̄¹ = m̄.
    const wrong = right.slice();
    for (let unit = 0; unit < 4; unit++) {
      const preActivationBar = logitsBar[unit]! * (1 - h[unit]! ** 2);
      for (let i = 0; i < 3; i++) wrong[unit * 3 + i] = preActivationBar * point.x[i]!;
      wrong[28 + unit] = preActivationBar;
    }
    expect(compareGradients(wrong, numeric).relativeNorm).toBeGreaterThan(0.1);
    expect(compareGradients(right, numeric).relativeNorm).toBeLessThan(1e-9);
    expect(compareGradients(right, numeric).worstRatio).toBeLessThanOrEqual(1);
    step.close();
  });
});

describe('eq. (19) of the notes: Z̄ = (1/N)(Y − 𝒴)', () => {
  it('eq. (19): with 𝒴 the prediction and Y the target, the sign is reversed: relative error 2', () => {
    const step = new Step(referenceBackend, squareNet(6));
    const right = step.gradient();
    const numeric = numericGradient(step);
    // Every later adjoint is linear in Z̄, so the slip negates the whole gradient.
    const wrong = right.map((value) => -value);
    expect(compareGradients(wrong, numeric).relativeNorm).toBeCloseTo(2, 8);
    expect(compareGradients(right, numeric).relativeNorm).toBeLessThan(1e-9);
    step.close();
  });

  it('eq. (19): Z̄ is (1/N)(prediction − target), row by row', () => {
    const batch = squareNet(6);
    const step = new Step(referenceBackend, batch, { purpose: 'trace' }).run('forward', 'backward');
    const y = step.values('y');
    const expected = y.map(
      (value, j) => (value - (batch.target[Math.floor(j / 4)] === j % 4 ? 1 : 0)) / 6,
    );
    const found = step.values('adjoint.0');
    expect(found.every((value, j) => Math.abs(value - expected[j]!) < 1e-16)).toBe(true);
    step.close();
  });
});

interface Run {
  readonly first: number;
  readonly last: number;
}

/** The loss before and after 30 steps of Adam, eq. (26)–(28), then w ← w + sign·α m̂ / (√v̂ + ε). */
function adamRun(rows: number, gradientSign: 1 | -1, stepSign: 1 | -1): Run {
  const step = new Step(referenceBackend, squareNet(rows, 29));
  const parameters = step.executable.view('parameters');
  const m = new Float64Array(parameters.length);
  const v = new Float64Array(parameters.length);
  const first = step.run('forward').loss();
  for (let t = 1; t <= 30; t++) {
    const gradient = step.gradient();
    for (let j = 0; j < parameters.length; j++) {
      const g = gradientSign * gradient[j]!;
      m[j] = 0.9 * m[j]! + 0.1 * g;
      v[j] = 0.999 * v[j]! + 0.001 * g * g;
      const mHat = m[j]! / (1 - 0.9 ** t);
      const vHat = v[j]! / (1 - 0.999 ** t);
      parameters[j]! += (stepSign * 0.01 * mHat) / (Math.sqrt(vHat) + 1e-8);
    }
  }
  const last = step.run('forward').loss();
  step.close();
  return { first, last };
}

describe('eq. (29) of the notes: w ← w + α m̂ / (√v̂ + ε)', () => {
  it('eq. (29): the right gradient with − descends', () => {
    const { first, last } = adamRun(8, 1, -1);
    expect(last).toBeLessThan(first);
  });

  it('eq. (29): the right gradient with + climbs, as does the one-point form of the notes, whose eq. (12) is right', () => {
    const batch = adamRun(8, 1, 1);
    const point = adamRun(1, 1, 1);
    expect(batch.last).toBeGreaterThan(batch.first);
    expect(point.last).toBeGreaterThan(point.first);
  });

  it('eq. (29): the reversed gradient of eq. (19) with + descends, because the two slips cancel', () => {
    const { first, last } = adamRun(8, -1, 1);
    expect(last).toBeLessThan(first);
    expect(last).toBeCloseTo(adamRun(8, 1, -1).last, 14);
  });

  it('eq. (29): the reversed gradient of eq. (19) with − climbs', () => {
    const { first, last } = adamRun(8, -1, -1);
    expect(last).toBeGreaterThan(first);
  });

  it('eq. (29): the slips do not cancel in the decay term, which then enlarges the weights that it should shrink', () => {
    const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
    const decayed = (gradientSign: 1 | -1, stepSign: 1 | -1): number => {
      const step = new Step(referenceBackend, squareNet(8, 29));
      const gradient = step.gradient();
      const weights = step.values('parameters');
      step.close();
      return norm(
        weights.map((w, j) => w + stepSign * 0.01 * (gradientSign * gradient[j]! + 2 * w)),
      );
    };
    const start = norm(squareNet(8, 29).parameters);
    expect(decayed(1, -1)).toBeLessThan(start);
    expect(decayed(-1, 1)).toBeGreaterThan(start);
  });
});

describe('eq. (30) of the notes: g = η g / ‖g‖', () => {
  const eta = 0.5;
  const slip = (g: readonly number[]): number[] =>
    g.map((value) => (eta * value) / Math.hypot(...g));
  const clipped = (g: readonly number[], kind: 'globalNorm' | 'normalize'): number[] => {
    const scale = clipScale({ kind, value: eta }, Math.hypot(...g));
    return g.map((value) => scale * value);
  };

  it('eq. (30): the slip makes a gradient of norm η/10 ten times as large; the correction keeps every bit', () => {
    const small = [0.03, -0.04];
    expect(Math.hypot(...slip(small))).toBeCloseTo(10 * Math.hypot(...small), 12);
    expect(clipped(small, 'globalNorm')).toEqual(small);
    expect(clipped([0.3, -0.4], 'globalNorm')).toEqual([0.3, -0.4]);
    expect(clipped([1.2, -1.6], 'globalNorm')).toEqual(slip([1.2, -1.6]));
  });

  it('eq. (30): the slip is 0/0 for a gradient of zeros; the correction leaves it zero', () => {
    expect(slip([0, 0])).toEqual([NaN, NaN]);
    expect(clipped([0, 0], 'normalize')).toEqual([0, 0]);
    expect(Math.hypot(...clipped([0.03, -0.04], 'normalize'))).toBeCloseTo(eta, 12);
  });
});

describe('eq. (33) of the notes: W ~ U(−√(6/nᵢₙ), √(6/nₒᵤₜ))', () => {
  const [fanIn, fanOut] = [50, 400];
  const meanOf = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

  it('eq. (33): for nᵢₙ ≠ nₒᵤₜ the mean is (√(6/nₒᵤₜ) − √(6/nᵢₙ))/2, not 0', () => {
    const [low, high] = [-Math.sqrt(6 / fanIn), Math.sqrt(6 / fanOut)];
    const size = fanIn * fanOut;
    const draws = new Draws(33);
    const weights = draws.array(size, () => draws.uniform(low, high));
    const standardError = (high - low) / Math.sqrt(12 * size);
    expect(Math.abs(meanOf(weights) - (high + low) / 2)).toBeLessThan(5 * standardError);
    expect(Math.abs(meanOf(weights))).toBeGreaterThan(5 * standardError);
  });

  it('eq. (33): the corrected He-uniform has mean 0 and bound √(6/nᵢₙ)', () => {
    const layers = [dense(fanOut, { activation: 'relu', init: 'he-uniform' })];
    const net = network({ inputs: fanIn, layers, seed: 33 });
    const weights = Array.from(net.parameters().get('layers.0.weight')!);
    const bound = Math.sqrt(6 / fanIn);
    const standardError = (2 * bound) / Math.sqrt(12 * weights.length);
    expect(Math.abs(meanOf(weights))).toBeLessThan(5 * standardError);
    const largest = weights.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(bound);
    expect(largest).toBeGreaterThan(0.99 * bound);
  });
});
