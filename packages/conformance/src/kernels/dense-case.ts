/**
 * The three matrix kernels on one size, compared with plain loops. The comparison is a function of the backend, because it
 * also runs on builds with a smaller block of k.
 */
import type { Backend } from 'vinculum';
import type { Draws } from '../draws.ts';
import { differingBits } from '../faults.ts';
import { GUARD, hardNumbers, numbers, runKernel, type KernelCase } from './kernel-case.ts';
import { type Factor, product } from './product-twin.ts';

export interface Sizes {
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

export interface DenseOptions {
  /** Whether the numbers include NaN, infinities, subnormals and the largest numbers. */
  readonly hard?: boolean;
  /** By how many elements the tensors are moved away from their alignment. */
  readonly shift?: number;
  /** The columns of a panel of packed weights, which is two vectors wide. */
  readonly panelColumns?: number;
}

/** Describes every difference, for all three kernels. */
export function denseFaults(
  backend: Backend,
  { rows, fanIn, fanOut }: Sizes,
  draws: Draws,
  options: DenseOptions = {},
): string[] {
  const make = options.hard === true ? hardNumbers : numbers;
  const x = make(draws, rows * fanIn);
  const w = make(draws, fanOut * fanIn);
  const b = make(draws, fanOut);
  const zBar = make(draws, rows * fanOut);
  const label = `${rows}×${fanIn}→${fanOut}, shift ${options.shift ?? 0}`;
  const shift = options.shift ?? 0;
  const { numerics = 'portable' } = backend;
  const run = (one: Omit<KernelCase, 'rows' | 'shift'>): Map<string, Float32Array> =>
    runKernel(backend, { ...one, rows, shift });
  const packed = packedTwin(w, fanIn, fanOut, options.panelColumns ?? 8);
  const found = new Map([
    ...run({
      inputs: { weight: { shape: [fanOut, fanIn], values: w } },
      results: { packed: [packed.length] },
      op: (tensor) => ({ kind: 'packWeights', out: tensor('packed'), weight: tensor('weight') }),
    }),
    ...run({
      inputs: {
        x: { shape: ['N', fanIn], values: x },
        weight: { shape: [fanOut, fanIn], values: w },
        packed: { shape: [packed.length], values: packed },
        bias: { shape: [fanOut], values: b },
      },
      results: { out: ['N', fanOut] },
      op: (tensor) => ({
        kind: 'dense',
        out: tensor('out'),
        input: tensor('x'),
        weight: tensor('weight'),
        packed: tensor('packed'),
        bias: tensor('bias'),
        activation: { kind: 'identity' },
      }),
    }),
    ...run({
      inputs: {
        zBar: { shape: ['N', fanOut], values: zBar },
        weight: { shape: [fanOut, fanIn], values: w },
      },
      results: { xBar: ['N', fanIn] },
      op: (tensor) => ({
        kind: 'denseInputAdjoint',
        inputBar: tensor('xBar'),
        outBar: tensor('zBar'),
        weight: tensor('weight'),
      }),
    }),
    ...run({
      inputs: {
        zBar: { shape: ['N', fanOut], values: zBar },
        x: { shape: ['N', fanIn], values: x },
      },
      results: { wBar: [fanOut, fanIn], bBar: [fanOut] },
      op: (tensor) => ({
        kind: 'denseWeightAdjoint',
        weightBar: tensor('wBar'),
        biasBar: tensor('bBar'),
        outBar: tensor('zBar'),
        input: tensor('x'),
      }),
    }),
  ]);
  const X: Factor = { values: x, row: fanIn, column: 1 };
  const W: Factor = { values: w, row: fanIn, column: 1 };
  const Z: Factor = { values: zBar, row: fanOut, column: 1 };
  const ones: Factor = { values: new Float32Array(rows).fill(1), row: rows, column: 1 };
  const expected: readonly (readonly [string, Float32Array])[] = [
    ['packed', packed],
    ['out', product([rows, fanOut, fanIn], X, transposed(W), { bias: b, numerics })],
    ['xBar', product([rows, fanIn, fanOut], Z, W, { numerics })],
    ['wBar', product([fanOut, fanIn, rows], transposed(Z), X, { numerics })],
    ['bBar', product([1, fanOut, rows], ones, Z)],
  ];
  return expected.flatMap(([name, values]) =>
    differingBits(`${name} of ${label}`, found.get(name)!, values),
  );
}

/**
 * Wᵀ in panels. The last columns are filled with zeros up to a multiple of four; the kernel does not write beyond these, so
 * the guard stays there.
 */
function packedTwin(w: Float32Array, fanIn: number, fanOut: number, width: number): Float32Array {
  const panels = Math.ceil(fanOut / width);
  return Float32Array.from({ length: panels * fanIn * width }, (_, place) => {
    const o = Math.floor(place / (fanIn * width)) * width + (place % width);
    const i = Math.floor(place / width) % fanIn;
    if (o < fanOut) return w[o * fanIn + i]!;
    return o < Math.ceil(fanOut / 4) * 4 ? 0 : GUARD;
  });
}

function transposed({ values, row, column }: Factor): Factor {
  return { values, row: column, column: row };
}
