/**
 * The memory of the reference backend: one ArrayBuffer for the arena, and a typed array over it for each tensor. Every
 * other file of this folder takes its arrays from here and loops over them.
 */
import {
  SCALARS,
  SCALAR_COUNT,
  tooLarge,
  viewOf,
  type ScalarSlot,
  type TensorView,
} from '../contract.ts';
import type { Op, Program, Tensor } from '../../program/program.ts';

/** One op, bound to its memory: a call computes it for the rows of the step. */
export type Run = () => void;

/** The fields of an op that are tensors, each as its array, or undefined if the tensor is absent. */
export type Views<Bound> = {
  readonly [
    Field in keyof Bound as Exclude<Bound[Field], undefined> extends Tensor ? Field : never
  ]-?: TensorView | (undefined extends Bound[Field] ? undefined : never);
};

/** @throws {RangeError} when there is no such memory */
function allocate(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (error) {
    throw tooLarge('what this machine can allocate', `${bytes} bytes`, error);
  }
}

/** The arena of one executable. */
export class Memory {
  readonly scalars: Float64Array = new Float64Array(SCALAR_COUNT);
  readonly #views = new Map<string, TensorView>();

  constructor(program: Program) {
    const arena = allocate(program.arenaBytes);
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

  /** The arrays of the tensors that an op names, by its fields. */
  of<Bound extends Op>(op: Bound): Views<Bound> {
    const fields: [string, Partial<Tensor> | undefined][] = Object.entries(op);
    const views = fields.map(([field, value]) => [field, this.#views.get(value?.name ?? '')]);
    return Object.fromEntries(views) as Views<Bound>;
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
