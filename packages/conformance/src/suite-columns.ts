/**
 * Ops with one parameter for each column on a backend: scaleColumns, eq. (35), (37), and the adjoints of its
 * parameters, eq. (36). In float32 they have the bits of the expressions in docs/numerics.md, which are written out here.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from 'vinculum';
import { Draws } from './draws.ts';
import { differingBits } from './faults.ts';
import { hardNumbers, numbers, SIZES } from './kernels/kernel-case.ts';
import { resultsOf, type OpCase } from './op-program.ts';

interface Columns {
  readonly rows: number;
  readonly columns: number;
  readonly input: Float32Array;
  readonly outBar: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array | undefined;
}

function draw(draws: Draws, rows: number, columns: number, from = numbers): Columns {
  return {
    rows,
    columns,
    input: from(draws, rows * columns),
    outBar: from(draws, rows * columns),
    weight: from(draws, columns),
    bias: draws.chance(0.5) ? from(draws, columns) : undefined,
  };
}

/**
 * Forward, the adjoints of the parameters, and the adjoint of the input. The last overwrites a copy of the adjoint of the
 * output, because a Program computes it in place.
 */
function opsOf({ rows, columns, input, outBar, weight, bias }: Columns): OpCase {
  return {
    rows,
    tensors: {
      input: { shape: ['N', columns], values: input },
      outBar: { shape: ['N', columns], values: outBar },
      inputBar: { shape: ['N', columns], values: outBar },
      weight: { shape: [columns], values: weight },
      weightBar: { shape: [columns] },
      out: { shape: ['N', columns] },
      ...(bias && { bias: { shape: [columns], values: bias }, biasBar: { shape: [columns] } }),
    },
    ops(tensor) {
      const given = bias === undefined ? {} : { bias: tensor('bias') };
      const asked = bias === undefined ? {} : { biasBar: tensor('biasBar') };
      const operands = { weight: tensor('weight'), ...given };
      return [
        { kind: 'scaleColumns', out: tensor('out'), input: tensor('input'), ...operands },
        {
          kind: 'scaleColumnsWeightAdjoint',
          weightBar: tensor('weightBar'),
          ...asked,
          outBar: tensor('outBar'),
          input: tensor('input'),
        },
        {
          kind: 'scaleColumns',
          out: tensor('inputBar'),
          input: tensor('inputBar'),
          weight: tensor('weight'),
        },
      ];
    },
  };
}

/** The results that the ops must give, with each operation rounded to the backend's precision. */
function expected(
  { rows, columns, input, outBar, weight, bias }: Columns,
  round: (value: number) => number,
): Readonly<Record<string, Float64Array>> {
  const out = new Float64Array(rows * columns);
  const inputBar = new Float64Array(rows * columns);
  const weightBar = new Float64Array(columns);
  const biasBar = new Float64Array(columns);
  for (let j = 0; j < rows * columns; j++) {
    const c = j % columns;
    const product = round(input[j]! * weight[c]!);
    out[j] = bias === undefined ? product : round(product + bias[c]!);
    inputBar[j] = round(outBar[j]! * weight[c]!);
    weightBar[c] = round(weightBar[c]! + round(outBar[j]! * input[j]!));
    biasBar[c] = round(biasBar[c]! + outBar[j]!);
  }
  return { out, inputBar, weightBar, ...(bias && { biasBar }) };
}

/** The function by which a backend rounds the result of an operation. */
function roundingOf({ precision }: Backend): (value: number) => number {
  return precision === 'float32' ? Math.fround : (value) => value;
}

function faultsOf(backend: Backend, drawn: Columns): string[] {
  const wanted = expected(drawn, roundingOf(backend));
  const names = Object.keys(wanted);
  const found = resultsOf(backend, opsOf(drawn), names);
  return names.flatMap((name, i) =>
    // The sign of a zero is not compared, because the reference adds +0 if there is no shift.
    differingBits(
      `${name} of ${drawn.rows} × ${drawn.columns}`,
      found[i]!.map((value) => value + 0),
      wanted[name]!.map((value) => value + 0),
    ),
  );
}

export function suiteOfColumns(backend: Backend): void {
  describe('a factor and a shift for each column, eq. (35)–(37)', () => {
    it('has the bits of its expression at every width and number of rows', () => {
      const draws = new Draws(35);
      const faults = SIZES.flatMap((size) => [
        ...faultsOf(backend, draw(draws, 5, size)),
        ...faultsOf(backend, draw(draws, size, 7)),
      ]);
      expect(faults.slice(0, 5)).toEqual([]);
    });

    it('has these bits with NaN, infinities and subnormals too, which stay in their column', () => {
      const draws = new Draws(36);
      const faults = [1, 7, 16, 33].flatMap((columns) =>
        faultsOf(backend, draw(draws, 9, columns, hardNumbers)),
      );
      expect(faults.slice(0, 5)).toEqual([]);
    });
  });
}
