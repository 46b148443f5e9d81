/**
 * The periodic embedding of numbers on a backend, eq. (43)–(46). In float32 it has the bits of the expressions in
 * docs/numerics.md, which are written out here: each row in float64 with our own sine and cosine, rounded once, and sums over
 * rows in float32.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from 'vinculum';
import { cosPi, referenceBackend, sinPi } from 'vinculum/internal';
import { Draws } from './draws.ts';
import { beyondBound, differingBits } from './faults.ts';
import { hardNumbers, SIZES } from './kernels/kernel-case.ts';
import { resultsOf, type OpCase } from './op-program.ts';

interface Embedding {
  readonly rows: number;
  /** Columns of the input. */
  readonly columns: number;
  readonly embedded: readonly number[];
  readonly frequencies: number;
  readonly units: number;
  readonly input: Float32Array;
  readonly outBar: Float32Array;
  readonly frequency: Float32Array;
  readonly phase: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

interface Sizes {
  readonly rows: number;
  readonly columns: number;
  readonly frequencies: number;
  readonly units: number;
}

/** Numbers of the size that they have in a network. */
function plainNumbers(draws: Draws, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => (draws.chance(0.05) ? 0 : draws.normal()));
}

function draw(draws: Draws, sizes: Sizes, from = plainNumbers): Embedding {
  const { rows, columns, frequencies, units } = sizes;
  const embedded = draws.indices(columns, 0.7);
  const count = embedded.length;
  return {
    ...sizes,
    embedded,
    input: from(draws, rows * columns),
    outBar: from(draws, rows * (columns + count * units)),
    frequency: from(draws, count * frequencies),
    phase: from(draws, count * frequencies),
    weight: from(draws, count * units * frequencies),
    bias: from(draws, count * units),
  };
}

const RESULTS = [
  'out',
  'cosines',
  'frequencyBar',
  'phaseBar',
  'weightBar',
  'biasBar',
  'inputBar',
] as const;

function opsOf(drawn: Embedding): OpCase {
  const { rows, columns, embedded, frequencies, units } = drawn;
  const count = embedded.length;
  const [width, pairs, sums] = [columns + count * units, [count, frequencies], count * units];
  return {
    rows,
    tensors: {
      input: { shape: ['N', columns], values: drawn.input },
      outBar: { shape: ['N', width], values: drawn.outBar },
      frequency: { shape: pairs, values: drawn.frequency },
      phase: { shape: pairs, values: drawn.phase },
      weight: { shape: [sums, frequencies], values: drawn.weight },
      bias: { shape: [sums], values: drawn.bias },
      out: { shape: ['N', width] },
      cosines: { shape: ['N', count * frequencies] },
      inputBar: { shape: ['N', columns] },
      frequencyBar: { shape: pairs },
      phaseBar: { shape: pairs },
      weightBar: { shape: [sums, frequencies] },
      biasBar: { shape: [sums] },
    },
    ops(tensor) {
      const shared = {
        input: tensor('input'),
        frequency: tensor('frequency'),
        phase: tensor('phase'),
        weight: tensor('weight'),
        units,
        embedded,
      };
      const outBar = tensor('outBar');
      return [
        {
          kind: 'embedPeriodic',
          out: tensor('out'),
          cosines: tensor('cosines'),
          bias: tensor('bias'),
          ...shared,
        },
        {
          kind: 'embedPeriodicWeightAdjoint',
          frequencyBar: tensor('frequencyBar'),
          phaseBar: tensor('phaseBar'),
          weightBar: tensor('weightBar'),
          biasBar: tensor('biasBar'),
          outBar,
          ...shared,
        },
        { kind: 'embedPeriodicInputAdjoint', inputBar: tensor('inputBar'), outBar, ...shared },
      ];
    },
  };
}

/** The results that a float32 backend must give, bit for bit, in the order of {@link RESULTS}. */
function twin(drawn: Embedding): Float32Array[] {
  const { rows, columns, embedded, frequencies, units, input, outBar } = drawn;
  const count = embedded.length;
  const width = columns + count * units;
  const out = new Float32Array(rows * width);
  const cosines = new Float32Array(rows * count * frequencies);
  const inputBar = new Float32Array(rows * columns);
  // Elements of a Float32Array are rounded when they are stored.
  const frequencyBar = new Float32Array(count * frequencies);
  const phaseBar = new Float32Array(count * frequencies);
  const weightBar = new Float32Array(count * units * frequencies);
  const biasBar = new Float32Array(count * units);
  for (let n = 0; n < rows; n++) {
    for (let i = 0; i < columns; i++) {
      out[n * width + i] = input[n * columns + i]!;
      inputBar[n * columns + i] = outBar[n * width + i]!;
    }
    for (const [c, i] of embedded.entries()) {
      const x = input[n * columns + i]!;
      const bars = Array.from(
        { length: units },
        (_, e) => outBar[n * width + columns + c * units + e]!,
      );
      const sums = bars.map(() => 0);
      let along = 0;
      for (let f = 0; f < frequencies; f++) {
        const at = c * frequencies + f;
        const halfTurns = 2 * drawn.frequency[at]! * x + drawn.phase[at]! * (1 / Math.PI);
        const [sine, cosine] = [sinPi(halfTurns), cosPi(halfTurns)];
        cosines[n * count * frequencies + at] = cosine;
        let cosineBar = 0;
        for (const [e, bar] of bars.entries()) {
          const place = (c * units + e) * frequencies + f;
          sums[e]! += drawn.weight[place]! * cosine;
          weightBar[place]! += Math.fround(bar * cosine);
          cosineBar += bar * drawn.weight[place]!;
        }
        const angleBar = -cosineBar * sine;
        phaseBar[at]! += Math.fround(angleBar);
        frequencyBar[at]! += Math.fround(2 * Math.PI * x * angleBar);
        along += cosineBar * sine * drawn.frequency[at]!;
      }
      for (const [e, sum] of sums.entries()) {
        out[n * width + columns + c * units + e] = sum + drawn.bias[c * units + e]!;
        biasBar[c * units + e]! += bars[e]!;
      }
      inputBar[n * columns + i] = outBar[n * width + i]! - 2 * Math.PI * along;
    }
  }
  return [out, cosines, frequencyBar, phaseBar, weightBar, biasBar, inputBar];
}

function faultsOf(backend: Backend, drawn: Embedding): string[] {
  const opCase = opsOf(drawn);
  const found = resultsOf(backend, opCase, RESULTS);
  const label = (i: number): string =>
    `${RESULTS[i]} of ${drawn.rows} × ${drawn.columns}, ${drawn.frequencies} frequencies, ${drawn.units} units`;
  if (backend.precision === 'float32') {
    return twin(drawn).flatMap((wanted, i) => differingBits(label(i), found[i]!, wanted));
  }
  const wanted = resultsOf(referenceBackend, opCase, RESULTS);
  return wanted.flatMap((values, i) => beyondBound(label(i), found[i]!, values, () => 0));
}

export function suiteOfPeriodic(backend: Backend): void {
  describe('the periodic embedding, eq. (43)–(46)', () => {
    it('has the bits of its expression at every number of rows, columns, frequencies and units', () => {
      const draws = new Draws(43);
      const faults = SIZES.flatMap((size) => [
        ...faultsOf(backend, draw(draws, { rows: size, columns: 3, frequencies: 5, units: 2 })),
        ...faultsOf(backend, draw(draws, { rows: 5, columns: size, frequencies: 3, units: 1 })),
        ...faultsOf(backend, draw(draws, { rows: 5, columns: 2, frequencies: size, units: 3 })),
        ...faultsOf(backend, draw(draws, { rows: 3, columns: 2, frequencies: 4, units: size })),
      ]);
      expect(faults.slice(0, 5)).toEqual([]);
    });

    it('has these bits with NaN, infinities and angles of very many turns too', () => {
      const draws = new Draws(44);
      const faults = [1, 7, 16, 33].flatMap((rows) =>
        faultsOf(backend, draw(draws, { rows, columns: 4, frequencies: 9, units: 2 }, hardNumbers)),
      );
      expect(faults.slice(0, 5)).toEqual([]);
    });

    it('keeps a NaN in its row and its column', () => {
      const drawn = draw(new Draws(45), { rows: 6, columns: 1, frequencies: 16, units: 3 });
      const input = drawn.input.slice();
      input[2] = NaN;
      const [before] = resultsOf(backend, opsOf(drawn), ['out']);
      const [after] = resultsOf(backend, opsOf({ ...drawn, input }), ['out']);
      const wanted = before!.map((value, j) => (Math.floor(j / 4) === 2 ? NaN : value));
      expect(differingBits('out', after!, wanted)).toEqual([]);
    });
  });
}
