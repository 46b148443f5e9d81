/**
 * A Program in the memory of one kernel instance: scalars, op tables, scratch and arena, in this order, each
 * 64-byte aligned. A phase is one call.
 */
import type { Phase, Program } from '../../program/program.ts';
import {
  aligned,
  byPhase,
  SCALAR_COUNT,
  viewOf,
  type HostExecutable,
  type TensorView,
} from '../contract.ts';
import type { KernelInstance, KernelPool } from './instance.ts';
import { encodeOps } from '../kernels/table.ts';

/** What the registry gives back when an executable was dropped without being closed. */
interface Lease {
  readonly pool: KernelPool;
  readonly instance: KernelInstance;
}

const dropped: FinalizationRegistry<Lease> = new FinalizationRegistry(({ pool, instance }) =>
  pool.give(instance),
);

/** A view keeps its executable alive, so that the registry never takes memory that somebody still sees. */
const owners = new WeakMap<TensorView, WasmExecutable>();

export class WasmExecutable implements HostExecutable {
  readonly device = 'host';
  readonly program: Program;
  readonly threads = 1;
  readonly scalars: Float64Array;
  readonly #pool: KernelPool;
  readonly #views = new Map<string, TensorView>();
  readonly #addresses: Readonly<Record<Phase | 'scalars' | 'scratch' | 'arena', number>>;
  #instance: KernelInstance | undefined;

  /**
   * @throws {RangeError} when no memory can hold the program
   */
  constructor(program: Program, pool: KernelPool) {
    const tables = byPhase((phase) => encodeOps(program.phases[phase]));
    let end = 0;
    const place = (bytes: number): number => {
      const address = aligned(end);
      end = address + bytes;
      return address;
    };
    place(pool.image.staticBytes);
    this.#addresses = {
      scalars: place(SCALAR_COUNT * Float64Array.BYTES_PER_ELEMENT),
      ...byPhase((phase) => place(tables[phase].byteLength)),
      scratch: place(pool.image.scratchBytes),
      arena: place(program.arenaBytes),
    };
    const instance = pool.take(end);
    const { buffer } = instance.memory;
    for (const phase of Object.keys(tables) as Phase[]) {
      new Int32Array(buffer, this.#addresses[phase], tables[phase].length).set(tables[phase]);
    }
    new Uint8Array(buffer, this.#addresses.arena, program.arenaBytes).fill(0);
    this.program = program;
    this.scalars = new Float64Array(buffer, this.#addresses.scalars, SCALAR_COUNT).fill(0);
    this.#pool = pool;
    this.#instance = instance;
    owners.set(this.scalars, this);
    dropped.register(this, { pool, instance }, this);
  }

  view(name: string): TensorView {
    const known = this.#views.get(name);
    if (known !== undefined) return known;
    const { memory } = this.#open();
    const tensor = this.program.tensors.get(name);
    if (tensor === undefined) throw new Error(`internal: no tensor '${name}' in the program.`);
    const view = viewOf(memory.buffer, this.#addresses.arena, tensor);
    this.#views.set(name, view);
    owners.set(view, this);
    return view;
  }

  run(phase: Phase): void {
    const { scalars, arena, scratch } = this.#addresses;
    this.#open().run(this.#addresses[phase], scalars, arena, scratch, 0);
  }

  close(): void {
    const instance = this.#instance;
    if (instance === undefined) return;
    this.#instance = undefined;
    this.#views.clear();
    dropped.unregister(this);
    this.#pool.give(instance);
  }

  #open(): KernelInstance {
    if (this.#instance === undefined) throw new Error('internal: the executable is closed.');
    return this.#instance;
  }
}
