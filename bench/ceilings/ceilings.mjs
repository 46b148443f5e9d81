/**
 * Measures the ceilings of this machine: the peaks of multiply-then-add and of fused multiply-add by instruction set and number of threads,
 * natively and as WebAssembly SIMD, and the memory bandwidth. They are measured again beside every work, and the highest of the run
 * counts, so that a slow moment of the machine cannot make a share of the peak look better than it is.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { compileKernels, readSources } from '../../packages/kernels/compile/toolchain.mjs';
import { fusingSets } from '../../packages/native/compile/toolchain.mjs';

/** @typedef {import('../../packages/core/dist/index.js').Numerics} Numerics */

const SOURCE = fileURLToPath(new URL('peak.c', import.meta.url));

const SETS = {
  avx512: ['-DLANES=16', '-mavx512f', '-mprefer-vector-width=512'],
  avx2: ['-DLANES=8', '-mavx2', '-mfma'],
  baseline: ['-DLANES=4'],
};

/** Whether the compiler makes one instruction of a multiplication and an addition. */
const CONTRACTION = { portable: '-ffp-contract=off', fused: '-ffp-contract=fast' };

const CHAINS = [8, 10, 12];
const TURNS = 400_000;
const ROUNDS = 7;

export class Ceilings {
  /** @type {Record<string, { peak: number, fused?: number, bandwidth: number }>} by `set:threads` */
  native = {};
  /** @type {Record<string, number>} by number of threads */
  wasm = {};
  /** @type {Record<string, number>} the peak of relaxed SIMD by number of threads */
  wasmFused = {};
  /** @type {string | undefined} why there are no native ceilings */
  fault;
  #folder = mkdtempSync(join(tmpdir(), 'vinculum-ceilings-'));
  /** @type {Map<string, Partial<Record<Numerics, string>>>} programs by instruction set */
  #programs = new Map();
  /** @type {{ threads: number, prefix: string, peaks: Record<string, number>, team: Team }[]} */
  #wasmRuns = [];

  /**
   * @param {string} set - the instruction set that the native backend uses; empty without one
   * @param {readonly number[]} threads
   */
  constructor(set, threads) {
    this.set = set;
    this.threads = threads;
  }

  /** Compiles, starts the threads and measures every set once. */
  async open() {
    const sets = this.set === '' ? [] : [...new Set([this.set, 'avx2', 'baseline'])];
    try {
      for (const set of sets.filter((one) => one in SETS || one === this.set)) this.#compile(set);
    } catch (error) {
      this.fault = String(error.message).split('\n')[0];
    }
    const { bytes } = await compileKernels({ ...readSources(), ...readChains() }, {}, true);
    const module = await WebAssembly.compile(bytes);
    for (const threads of this.threads) {
      const team = await startTeam(module, threads);
      this.#wasmRuns.push(
        { threads, prefix: 'peak', peaks: this.wasm, team },
        { threads, prefix: 'fusedPeak', peaks: this.wasmFused, team },
      );
    }
    for (const set of this.#programs.keys()) this.#measureNative(set);
    await this.#measureWasm();
  }

  /** Measures the ceilings of our sides again, and keeps the higher values. */
  async again() {
    if (this.#programs.has(this.set)) this.#measureNative(this.set);
    await this.#measureWasm();
  }

  async close() {
    rmSync(this.#folder, { recursive: true, force: true });
    const workers = this.#wasmRuns.flatMap(({ team }) => team.workers);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  /** @param {string} set */
  #compile(set) {
    const programs = {};
    for (const [numerics, contraction] of Object.entries(CONTRACTION)) {
      if (numerics === 'fused' && !fusingSets().includes(set)) continue;
      const program = join(this.#folder, `${set}-${numerics}`);
      const flags = ['-std=gnu11', '-O3', contraction, '-pthread'];
      const all = [...flags, ...(SETS[set] ?? SETS.baseline), SOURCE, '-o', program];
      execFileSync(process.env.CC || 'cc', all);
      programs[numerics] = program;
    }
    this.#programs.set(set, programs);
  }

  /** @param {string} set */
  #measureNative(set) {
    const { portable, fused } = this.#programs.get(set);
    for (const threads of this.threads) {
      const [peak, bandwidth] = measure(portable, threads);
      const before = this.native[`${set}:${threads}`] ?? { peak: 0, bandwidth: 0 };
      this.native[`${set}:${threads}`] = {
        peak: Math.max(peak, before.peak),
        bandwidth: Math.max(bandwidth, before.bandwidth),
        ...(fused !== undefined && {
          fused: Math.max(measure(fused, threads)[0], before.fused ?? 0),
        }),
      };
    }
  }

  async #measureWasm() {
    for (const { threads, prefix, peaks, team } of this.#wasmRuns) {
      for (const chains of CHAINS) {
        for (let round = 0; round < ROUNDS; round++) {
          const milliseconds = await runTeam(team, `${prefix}${chains}`);
          const rate = (threads * chains * 8 * TURNS) / milliseconds / 1e6;
          peaks[threads] = Math.max(rate, peaks[threads] ?? 0);
        }
      }
    }
  }
}

/** The GFLOP/s and GB/s that a program of peak.c prints. */
function measure(program, threads) {
  return execFileSync(program, [String(threads)], { encoding: 'utf8' })
    .split(' ')
    .map(Number);
}

/** The C files of the chains, by name. */
function readChains() {
  const names = ['expand-chains.h', 'rungs-peak.c', 'fused-peak.c'];
  const folder = new URL('../kernels/', import.meta.url);
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
  );
}

/** @typedef {{ workers: Worker[], round: number }} Team - threads that run the same chains at the same time */

/** @param {WebAssembly.Module} module @param {number} threads */
async function startTeam(module, threads) {
  const gate = new SharedArrayBuffer(4);
  const workers = Array.from(
    { length: threads },
    () =>
      new Worker(new URL('wasm-peak.mjs', import.meta.url), {
        workerData: { module, gate, threads },
      }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return { workers, round: 0 };
}

/** The milliseconds from the start of the first thread to the end of the last. */
async function runTeam(team, name) {
  team.round++;
  const answers = team.workers.map((worker) => once(worker, 'message'));
  for (const worker of team.workers) {
    worker.postMessage({ name, turns: TURNS, round: team.round }, []);
  }
  const times = (await Promise.all(answers)).map(([answer]) => answer);
  const last = Math.max(...times.map(({ ended }) => ended));
  return last - Math.min(...times.map(({ begun }) => begun));
}
