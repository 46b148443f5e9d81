/**
 * The memory of a run as the reference sees it: one ArrayBuffer for the arena, and a typed array over it for
 * each tensor. Every other file of this folder takes its arrays from here and loops over them.
 */
import { SCALARS, SCALAR_COUNT, viewOf, type ScalarSlot, type TensorView } from '../contract.ts';
import type { Program, Tensor } from '../../program/program.ts';

/** One op, bound to its memory: a call computes it for the rows of the step. */
export type Run = () => void;

/** The arena of one executable. */
export class Memory {
  readonly scalars: Float64Array = new Float64Array(SCALAR_COUNT);
  readonly #views = new Map<string, TensorView>();

  constructor(program: Program) {
    const arena = new ArrayBuffer(program.arenaBytes);
    for (const tensor of program.tensors.values()) {
      this.#views.set(tensor.name, viewOf(arena, 0, tensor));
    }
  }

  /** The array of a tensor, at capacity. */
  view(name: string): TensorView {
    const view = this.#views.get(name);
    if (view === undefined) throw new Error(`internal: no tensor '${name}' in the program.`);
    return view;
  }

  /** The array of a tensor that an op names. */
  of(tensor: Tensor): TensorView {
    return this.view(tensor.name);
  }

  /** The value of a scalar now. */
  scalar(slot: ScalarSlot): number {
    return this.scalars[SCALARS[slot]]!;
  }

  /** Stores a result among the scalars. */
  setScalar(slot: ScalarSlot, value: number): void {
    this.scalars[SCALARS[slot]] = value;
  }

  /** n, the rows of this run. */
  rows(): number {
    return this.scalar('rows');
  }
}

/** The elements of one row of a tensor [N, …]. */
export function columnsOf(tensor: Tensor): number {
  let columns = 1;
  for (const extent of tensor.shape) if (extent !== 'N') columns *= extent;
  return columns;
}
