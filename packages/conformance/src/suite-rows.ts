/**
 * Rows do not depend on each other: a row has the same bits alone and in a batch, a NaN stays in its row, and rows of
 * the arena that are not part of the run change nothing.
 */
import { describe, expect, it } from 'vitest';
import { type Backend, dense, type NetworkSpec } from 'vinculum';
import {
  atOnce,
  ACTIVATION_KINDS,
  LAYER_KINDS,
  lower,
  OUTPUT_FUNCTIONS,
  SCALARS,
} from 'vinculum/internal';
import { Draws } from './draws.ts';
import { differingBits } from './faults.ts';
import { COVERING_CASES, randomCase } from './random-network.ts';
import { Step, weightSumOf, type Case } from './step.ts';
import { inFloat32, sizedCase } from './suite-networks.ts';

const BATCHES = [1, 2, 3, 7, 8, 9, 16, 31, 65] as const;

/** Predictions of the first `rows` rows of x. */
function predictRows(
  backend: Backend,
  spec: NetworkSpec,
  parameters: Float64Array,
  x: Float64Array,
  rows: number,
): Float64Array {
  const program = lower({ spec, purpose: 'predict', precision: backend.precision, capacity: rows });
  const executable = backend.compile(program);
  executable.view('parameters').set(parameters);
  executable.view('x').set(x);
  executable.scalars[SCALARS.rows] = rows;
  atOnce(executable.run('prepare'));
  atOnce(executable.run('forward'));
  const results = Float64Array.from(executable.view(program.outputs.forward.name));
  executable.close();
  return results;
}

/** The case with only the rows first … first + rows − 1. */
function head(network: Case, rows: number, first = 0): Case {
  const columns = network.target.length / network.rows;
  return {
    ...network,
    rows,
    x: network.x.slice(first * network.spec.inputs, (first + rows) * network.spec.inputs),
    target: network.target.slice(first * columns, (first + rows) * columns),
    ...(network.rowWeights && { rowWeights: network.rowWeights.slice(first, first + rows) }),
  };
}

export function suiteOfRows(backend: Backend): void {
  describe('rows', () => {
    it('predict(batch)[i] equals predict(row i), bit for bit', () => {
      const faults: string[] = [];
      const draws = new Draws(12);
      for (const [turn, rows] of BATCHES.entries()) {
        for (const output of OUTPUT_FUNCTIONS) {
          const { spec, parameters } = sizedCase(turn, [
            1,
            draws.integer(1, 40),
            draws.integer(1, 40),
            7,
          ]);
          const full: NetworkSpec = { ...spec, output };
          const x = draws.array(rows * spec.inputs, () => Math.fround(draws.normal()));
          const batch = predictRows(backend, full, parameters, x, rows);
          const single = new Float64Array(batch.length);
          for (let n = 0; n < rows; n++) {
            const row = x.subarray(n * spec.inputs, (n + 1) * spec.inputs);
            single.set(predictRows(backend, full, parameters, row, 1), n * 7);
          }
          faults.push(...differingBits(`${rows} rows, ${output}`, batch, single));
        }
      }
      expect(faults).toEqual([]);
    });

    it('the gradient of a batch is the sum of the gradients of its rows, in their order, bit for bit', () => {
      const networks = Array.from({ length: 15 }, (_, index) =>
        inFloat32(randomCase(index)),
      ).filter(({ rows }) => rows > 2);
      const kinds = networks.flatMap(({ spec }) => spec.layers.map(({ kind }) => kind));
      expect(new Set(kinds)).toEqual(new Set(LAYER_KINDS));
      const round = backend.precision === 'float32' ? Math.fround : (value: number) => value;
      const faults = networks.flatMap((network) => {
        const batch = new Step(backend, network);
        const expected = batch.gradient();
        batch.close();
        const sum = new Float64Array(expected.length);
        for (let n = 0; n < network.rows; n++) {
          const row = new Step(backend, head(network, 1, n));
          row.setScalars({ rowOffset: n, inverseWeightSum: 1 / weightSumOf(network) });
          row.gradient().forEach((value, j) => (sum[j] = round(sum[j]! + value)));
          row.close();
        }
        return differingBits('gradient', expected, sum);
      });
      expect(faults).toEqual([]);
    });

    it('an arena with room for more rows gives the same bits', () => {
      const network = inFloat32(randomCase(7));
      const exact = new Step(backend, network);
      const roomy = new Step(backend, network, { capacity: network.rows + 13 });
      expect(differingBits('gradient', roomy.gradient(), exact.gradient())).toEqual([]);
      expect(roomy.loss()).toBe(exact.loss());
      exact.close();
      roomy.close();
    });

    it('a run with fewer rows uses nothing that a larger run left behind', () => {
      const cases = Array.from({ length: COVERING_CASES }, (_, index) => randomCase(index));
      const network = inFloat32(cases.find(({ rows }) => rows > 3)!);
      const few = Math.floor(network.rows / 2);
      const step = new Step(backend, network);
      step.gradient();
      const inverseWeightSum = 1 / weightSumOf(head(network, few));
      step.setScalars({ rows: few, inverseWeightSum });
      const fresh = new Step(backend, head(network, few));
      expect(differingBits('gradient', step.gradient(), fresh.gradient())).toEqual([]);
      step.close();
      fresh.close();
    });

    it('a run without rows gives loss 0 and a gradient of zeros', () => {
      const step = new Step(backend, inFloat32(randomCase(5)));
      step.gradient();
      step.setScalars({ rows: 0, inverseWeightSum: 0 });
      expect(step.gradient().every((value) => value === 0)).toBe(true);
      expect(step.scalar('loss')).toBe(0);
      step.run('check');
      expect([step.scalar('normSquared'), step.scalar('maxAbsolute')]).toEqual([0, 0]);
      step.close();
    });

    it('row weights that sum to 0 give loss 0 and a gradient of zeros', () => {
      const network = inFloat32(randomCase(8));
      const step = new Step(backend, { ...network, rowWeights: new Float64Array(network.rows) });
      expect(step.gradient().every((value) => value === 0)).toBe(true);
      expect(step.loss()).toBe(0);
      step.close();
    });
  });

  describe('NaN', () => {
    it('in one row stays in that row and is visible there, for every activation', () => {
      const faults: string[] = [];
      for (const [turn, activation] of ACTIVATION_KINDS.entries()) {
        const { parameters, x } = sizedCase(turn, [5, 4, 6, 3]);
        const spec: NetworkSpec = {
          inputs: 4,
          layers: [dense(6, { activation }), dense(3)],
          output: 'softmax',
          seed: 0,
          dtype: 'float32',
        };
        const clean = predictRows(backend, spec, parameters, x, 5);
        x[2 * 4 + 1] = NaN;
        const found = predictRows(backend, spec, parameters, x, 5);
        const expected = clean.map((value, j) => (Math.floor(j / 3) === 2 ? NaN : value));
        faults.push(...differingBits(activation, found, expected));
      }
      expect(faults).toEqual([]);
    });

    it('in a weight reaches the loss, the gradient and the check for finite numbers', () => {
      for (const turn of [0, 1, 2, 3, 4]) {
        const network = sizedCase(turn, [4, 3, 5, 2]);
        network.parameters[7] = NaN;
        const step = new Step(backend, network);
        step.gradient();
        step.run('check');
        expect(step.scalar('loss')).toBeNaN();
        expect(step.scalar('maxAbsolute')).toBeNaN();
        expect(step.scalar('normSquared')).toBeNaN();
        step.close();
      }
    });
  });
}
