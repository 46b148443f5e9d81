import { describe, expect, it } from 'vitest';
import { minimise, type LbfgsIteration, type Objective } from './lbfgs.ts';
import { searchLine, type LinePoint } from './line-search.ts';

const SETTINGS = { memory: 10, tolerance: 1e-8, evaluations: 500 };

/** Rosenbrock's function of n variables, whose minimum is 0 at (1, …, 1). */
const ROSENBROCK: Objective = {
  valueInto(gradient, x) {
    gradient.fill(0);
    let value = 0;
    for (let i = 0; i + 1 < x.length; i++) {
      const [a, b] = [1 - x[i]!, x[i + 1]! - x[i]! * x[i]!];
      value += a * a + 100 * b * b;
      gradient[i]! += -2 * a - 400 * b * x[i]!;
      gradient[i + 1]! += 200 * b;
    }
    return value;
  },
};

/** Runs to the end. */
function run(
  objective: Objective,
  x: Float64Array,
  settings = SETTINGS,
): { readonly iterations: readonly LbfgsIteration[]; readonly converged: boolean } {
  const iterations: LbfgsIteration[] = [];
  const all = minimise(objective, x, settings);
  for (;;) {
    const { done, value } = all.next();
    if (done === true) return { iterations, converged: value };
    iterations.push(value);
  }
}

describe('L-BFGS', () => {
  it("finds the minimum of Rosenbrock's function, and every iteration is lower", () => {
    const x = Float64Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const { iterations, converged } = run(ROSENBROCK, x);
    expect(converged).toBe(true);
    for (const one of x) expect(one).toBeCloseTo(1, 4);
    const values = iterations.map(({ value }) => value);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    // SciPy's L-BFGS-B needs 53 iterations from this point; a method that forgets its pairs needs thousands.
    expect(iterations.length).toBeLessThan(90);
  });

  it('needs about as many iterations as variables for a quadratic function', () => {
    const objective: Objective = {
      valueInto(gradient, x) {
        let value = 0;
        for (const [i, one] of x.entries()) {
          gradient[i] = (i + 1) * (one - i);
          value += 0.5 * (i + 1) * (one - i) * (one - i);
        }
        return value;
      },
    };
    const x = new Float64Array(6);
    const { iterations, converged } = run(objective, x);
    expect(converged).toBe(true);
    expect(iterations.length).toBeLessThan(16);
    for (const [i, one] of x.entries()) expect(one).toBeCloseTo(i, 5);
  });

  it('ends when the evaluations are used up, and at once at a minimum', () => {
    const x = Float64Array.of(-1.2, 1);
    const few = run(ROSENBROCK, x, { ...SETTINGS, evaluations: 5 });
    expect(few.converged).toBe(false);
    expect(few.iterations.length).toBeGreaterThan(0);
    const there = run(ROSENBROCK, Float64Array.of(1, 1));
    expect(there).toEqual({ iterations: [], converged: true });
  });

  it('ends if rounding hides every smaller value', () => {
    const rounded: Objective = {
      valueInto(gradient, x) {
        for (const [i, one] of x.entries()) x[i] = Math.fround(one);
        return Math.fround(ROSENBROCK.valueInto(gradient, x));
      },
    };
    const x = Float64Array.of(-1.2, 1);
    const { converged, iterations } = run(rounded, x, { ...SETTINGS, tolerance: 0 });
    expect(converged).toBe(true);
    expect(iterations.at(-1)!.value).toBeLessThan(1e-9);
  });
});

describe('the line search', () => {
  const line =
    (value: (a: number) => number, slope: (a: number) => number) =>
    (step: number): LinePoint => ({ step, value: value(step), slope: slope(step) });

  it.each([1e-3, 0.1, 1, 40])(
    'fulfils both conditions of Wolfe from a first step of %d',
    (first) => {
      // Moré & Thuente 1994, their first test function with β = 2.
      const at = line(
        (a) => -a / (a * a + 2),
        (a) => (a * a - 2) / ((a * a + 2) * (a * a + 2)),
      );
      const start = at(0);
      const { step, value, slope } = searchLine(at, start, first)!;
      expect(value).toBeLessThanOrEqual(start.value + 1e-4 * step * start.slope);
      expect(Math.abs(slope)).toBeLessThanOrEqual(0.9 * Math.abs(start.slope));
    },
  );

  it('steps back from where the function is no number', () => {
    const at = line(
      (a) => (a > 0.5 ? NaN : a * a - a),
      (a) => 2 * a - 1,
    );
    const { step } = searchLine(at, at(0), 1)!;
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThanOrEqual(0.5);
  });

  it('finds none where the function rises against its slope', () => {
    const at = line(
      (a) => a,
      () => -1,
    );
    expect(searchLine(at, at(0), 1)).toBeUndefined();
  });
});
