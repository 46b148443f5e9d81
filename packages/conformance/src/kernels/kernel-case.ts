/**
 * Random numbers and cases of a single op for the kernel tests. Every tensor may start at any multiple of four bytes, as
 * parameters do, and the memory around the results is checked for writes outside them.
 */
import { atOnce } from 'vinculum/internal';
import type { Backend } from 'vinculum';
import type { Op, ScalarSlot, Tensor } from 'vinculum/internal';
import type { Draws } from '../draws.ts';
import { bindOps } from '../op-program.ts';

/** Sizes around every tile: 1–17, and around 32, 64 and 128. */
export const SIZES: readonly number[] = [
  ...Array.from({ length: 17 }, (_, i) => i + 1),
  31,
  32,
  33,
  63,
  64,
  65,
  127,
  128,
  129,
];

/** The value of every element around a result; a kernel that changes one of these elements has a fault. */
export const GUARD = 12345.5;

/** The number of guard elements on each side: more than the length of any tile. */
const MARGIN = 33;

/** float32 numbers of many sizes. A few of them are zeros of both signs. */
export function numbers(draws: Draws, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => {
    if (draws.chance(0.05)) return draws.chance(0.5) ? 0 : -0;
    return draws.normal() * 2 ** draws.integer(-6, 6);
  });
}

/** Like {@link numbers}, but NaN, infinities, subnormals and the largest numbers are among them. */
export function hardNumbers(draws: Draws, count: number): Float32Array {
  const hard = [Number.NaN, Infinity, -Infinity, 1e-45, -1e-40, 3.4e38, -3.4e38];
  return numbers(draws, count).map((value) => (draws.chance(0.1) ? draws.choice(hard) : value));
}

/** One op on float32 tensors: an input has values, a result only a shape. */
export interface KernelCase {
  readonly rows: number;
  readonly inputs: Readonly<Record<string, { shape: (number | 'N')[]; values: Float32Array }>>;
  readonly results: Readonly<Record<string, (number | 'N')[]>>;
  readonly op: (tensor: (name: string) => Tensor) => Op;
  readonly scalars?: Partial<Record<ScalarSlot, number>>;
  /** By how many elements the tensors are moved away from their alignment. */
  readonly shift?: number;
}

/**
 * Runs the op and returns the results by name.
 *
 * @throws {Error} when the op wrote outside the results
 */
export function runKernel(backend: Backend, one: KernelCase): Map<string, Float32Array> {
  const shift = one.shift ?? 0;
  const shapes = new Map<string, { shape: (number | 'N')[]; values?: Float32Array }>([
    ...Object.entries(one.inputs),
    ...Object.entries(one.results).map(([name, shape]) => [name, { shape }] as const),
  ]);
  const sizeOf = (shape: readonly (number | 'N')[]): number =>
    shape.reduce<number>((size, extent) => size * (extent === 'N' ? one.rows : extent), 1);
  const executable = bindOps(backend, {
    rows: one.rows,
    tensors: Object.fromEntries(
      [...shapes].map(([name, { shape, values }]) => {
        const padded = new Float32Array(sizeOf(shape) + 2 * MARGIN).fill(GUARD);
        if (values !== undefined) padded.set(values, MARGIN + shift);
        return [name, { shape: [padded.length], values: padded }];
      }),
    ),
    ops: (tensor) => [
      one.op((name) => {
        const { shape } = shapes.get(name)!;
        const host = tensor(name);
        return {
          ...host,
          shape,
          size: sizeOf(shape),
          // A getter, because the plan places the tensor only later; the offset is read when the op is encoded.
          get byteOffset(): number {
            return host.byteOffset + 4 * (MARGIN + shift);
          },
        };
      }),
    ],
    ...(one.scalars && { scalars: one.scalars }),
  });
  atOnce(executable.run('forward'));
  const results = Object.entries(one.results).map(([name, shape]) => {
    const all = Float32Array.from(executable.view(name));
    const end = MARGIN + shift + sizeOf(shape);
    const outside = [...all.subarray(0, MARGIN + shift), ...all.subarray(end)];
    if (outside.some((value) => value !== GUARD)) throw new Error(`${name}: written outside`);
    return [name, all.slice(MARGIN + shift, end)] as const;
  });
  executable.close();
  return new Map(results);
}
