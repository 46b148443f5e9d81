/**
 * A Program in the memory of one kernel instance. The memory holds, in this order and each 64-byte aligned: the shared data
 * of the team and the stacks of its workers (if there are workers), scalars, op tables, scratch and arena. A phase is one
 * call.
 */
import type { Phase, Program } from '../../program/program.ts';
import {
  aligned,
  byPhase,
  SCALAR_COUNT,
  SCALARS,
  viewOf,
  workOf,
  type Executable,
  type TensorView,
  type Work,
} from '../contract.ts';
import { encodeProgram } from '../kernels/table.ts';
import { fixedThreads, thousandsOf, type ThreadSource } from '../thread-choice.ts';
import { MAXIMUM_BYTES, type KernelInstance, type KernelPool } from './instance.ts';
import { STACK_BYTES, temporaryTeam, WasmTeam } from './team.ts';

/** The resources that are returned when an executable is closed, or is dropped without being closed. */
interface Lease {
  readonly pool: KernelPool;
  readonly instance: KernelInstance;
  team: WasmTeam | undefined;
}

/** A phase: how much work it is, and on how many threads it runs. */
interface PhaseThreads {
  readonly work: Work;
  readonly source: ThreadSource;
}

/** Returns the memory when no worker uses it any more. */
function release({ pool, instance, team }: Lease): void {
  if (team === undefined) {
    pool.give(instance);
    return;
  }
  team.stop();
  void team.over.then(() => pool.give(instance));
}

const dropped: FinalizationRegistry<Lease> = new FinalizationRegistry(release);

/** A view keeps its executable alive, so that the finalization registry never takes memory that a view still uses. */
const owners = new WeakMap<TensorView, WasmExecutable>();

export class WasmExecutable implements Executable {
  readonly program: Program;
  readonly threads: number;
  readonly scalars: Float64Array;
  readonly #views = new Map<string, TensorView>();
  readonly #addresses: Readonly<
    Record<Phase | 'team' | 'stacks' | 'scalars' | 'scratch' | 'arena', number>
  >;
  readonly #phases: Readonly<Record<Phase, PhaseThreads>>;
  #lease: Lease | undefined;

  /**
   * @param pool - the pool of memories; with several threads its memories are shared
   * @param threads - the most threads, including the caller's
   * @param source - says on how many threads each phase runs
   * @throws {RangeError} when no memory can hold the program
   */
  constructor(
    program: Program,
    pool: KernelPool,
    threads = 1,
    source: (most: number) => ThreadSource = fixedThreads,
  ) {
    const { image } = pool;
    const tables = encodeProgram(program, MAXIMUM_BYTES);
    let end = 0;
    const place = (bytes: number): number => {
      const address = aligned(end);
      end = address + bytes;
      return address;
    };
    place(image.staticBytes);
    const team = place(threads > 1 ? image.teamBytes : 0);
    const stacks = place(threads > 1 ? threads * STACK_BYTES : 0);
    this.#addresses = {
      team,
      stacks,
      scalars: place(SCALAR_COUNT * Float64Array.BYTES_PER_ELEMENT),
      ...byPhase((phase) => place(tables[phase].byteLength)),
      scratch: place(threads * image.scratchBytes),
      arena: place(program.arenaBytes),
    };
    const instance = pool.take(end);
    const { buffer } = instance.memory;
    for (const phase of Object.keys(tables) as Phase[]) {
      new Int32Array(buffer, this.#addresses[phase], tables[phase].length).set(tables[phase]);
    }
    new Uint8Array(buffer, this.#addresses.arena, program.arenaBytes).fill(0);
    this.program = program;
    this.threads = threads;
    this.scalars = new Float64Array(buffer, this.#addresses.scalars, SCALAR_COUNT).fill(0);
    this.#phases = byPhase((phase) => ({
      work: workOf(program.phases[phase]),
      source: source(threads),
    }));
    this.#lease = { pool, instance, team: undefined };
    // A prediction gathers its threads when there is work for them.
    if (threads > 1 && program.phases.update.length > 0) this.#gather(this.#lease, false);
    owners.set(this.scalars, this);
    dropped.register(this, this.#lease, this);
  }

  get ready(): Promise<void> {
    return this.#open().team?.ready ?? Promise.resolve();
  }

  view(name: string): TensorView {
    const known = this.#views.get(name);
    if (known !== undefined) return known;
    const { memory } = this.#open().instance;
    const tensor = this.program.tensors.get(name);
    if (tensor === undefined) throw new Error(`internal: no tensor '${name}' in the program.`);
    const view = viewOf(memory.buffer, this.#addresses.arena, tensor);
    this.#views.set(name, view);
    owners.set(view, this);
    return view;
  }

  get asynchronous(): boolean {
    return this.#lease?.team?.led === true;
  }

  run(phase: Phase): Promise<void> | undefined {
    const lease = this.#open();
    if (this.threads === 1) return this.#runOn(phase, lease, 1);
    const { work, source } = this.#phases[phase];
    const thousands = thousandsOf(work, this.scalars[SCALARS.rows]!);
    const threads = source.threadsFor(thousands);
    if (!source.timed) {
      source.ran(thousands);
      return this.#runOn(phase, lease, threads);
    }
    const start = performance.now();
    const ending = this.#runOn(phase, lease, threads);
    if (ending !== undefined) {
      return ending.then(() => source.ran(thousands, performance.now() - start));
    }
    source.ran(thousands, performance.now() - start);
    return undefined;
  }

  #runOn(phase: Phase, lease: Lease, threads: number): Promise<void> | undefined {
    const { scalars, arena, scratch } = this.#addresses;
    if (threads > 1 && lease.team === undefined) this.#gather(lease, true);
    const { instance, team } = lease;
    if (team?.leads === true) {
      return team.lead([this.#addresses[phase], scalars, arena, scratch], threads);
    }
    instance.run(this.#addresses[phase], scalars, arena, scratch, team?.addressFor(threads) ?? 0);
    return undefined;
  }

  /** Calls the workers. A temporary team may lose them; the next one is gathered when they have left this memory. */
  #gather(lease: Lease, isTemporary: boolean): void {
    const { team, stacks } = this.#addresses;
    new Uint8Array(lease.instance.memory.buffer, team, stacks - team).fill(0);
    const places = { team, stacks };
    if (!isTemporary) {
      lease.team = new WasmTeam(lease.instance, places, this.threads);
      return;
    }
    lease.team = temporaryTeam(lease.instance, places, this.threads);
    void lease.team.over.then(() => (lease.team = undefined));
  }

  close(): void {
    const lease = this.#lease;
    if (lease === undefined) return;
    this.#lease = undefined;
    this.#views.clear();
    dropped.unregister(this);
    release(lease);
  }

  #open(): Lease {
    if (this.#lease === undefined) throw new Error('internal: the executable is closed.');
    return this.#lease;
  }
}
