/**
 * Measures the ceilings of this machine: the multiply-then-add peak by instruction set and number of threads, natively and as
 * WebAssembly SIMD128, and the memory bandwidth. They are measured again beside every work, and the highest of the run
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

const SOURCE = fileURLToPath(new URL('peak.c', import.meta.url));

const SETS = {
  avx512: ['-DLANES=16', '-mavx512f', '-mprefer-vector-width=512'],
  avx2: ['-DLANES=8', '-mavx2'],
  baseline: ['-DLANES=4'],
};

const CHAINS = [8, 10, 12];
const TURNS = 400_000;
const ROUNDS = 7;

export class Ceilings {
  /** @type {Record<string, { peak: number, bandwidth: number }>} by `set:threads` */
  native = {};
  /** @type {Record<string, number>} by number of threads */
  wasm = {};
  /** @type {string | undefined} why there are no native ceilings */
  fault;
  #folder = mkdtempSync(join(tmpdir(), 'vinculum-ceilings-'));
  /** @type {Map<string, string>} programs by instruction set */
  #programs = new Map();
  /** @type {Map<number, { workers: Worker[], round: number }>} teams by number of threads */
  #teams = new Map();

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
    const peak = readFileSync(new URL('../kernels/rungs-peak.c', import.meta.url), 'utf8');
    const { bytes } = await compileKernels({ ...readSources(), 'rungs-peak.c': peak });
    const module = await WebAssembly.compile(bytes);
    for (const threads of this.threads) this.#teams.set(threads, await startTeam(module, threads));
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
    for (const { workers } of this.#teams.values()) {
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  }

  /** @param {string} set */
  #compile(set) {
    const program = join(this.#folder, set);
    const flags = ['-std=gnu11', '-O3', '-ffp-contract=off', '-pthread'];
    const all = [...flags, ...(SETS[set] ?? SETS.baseline), SOURCE, '-o', program];
    execFileSync(process.env.CC || 'cc', all);
    this.#programs.set(set, program);
  }

  /** @param {string} set */
  #measureNative(set) {
    for (const threads of this.threads) {
      const words = execFileSync(this.#programs.get(set), [String(threads)], { encoding: 'utf8' });
      const [peak, bandwidth] = words.split(' ').map(Number);
      const before = this.native[`${set}:${threads}`] ?? { peak: 0, bandwidth: 0 };
      this.native[`${set}:${threads}`] = {
        peak: Math.max(peak, before.peak),
        bandwidth: Math.max(bandwidth, before.bandwidth),
      };
    }
  }

  async #measureWasm() {
    for (const [threads, team] of this.#teams) {
      for (const chains of CHAINS) {
        for (let round = 0; round < ROUNDS; round++) {
          const rate = (threads * chains * 8 * TURNS) / (await runTeam(team, chains)) / 1e6;
          this.wasm[threads] = Math.max(rate, this.wasm[threads] ?? 0);
        }
      }
    }
  }
}

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
async function runTeam(team, chains) {
  team.round++;
  const answers = team.workers.map((worker) => once(worker, 'message'));
  for (const worker of team.workers) {
    worker.postMessage({ chains, turns: TURNS, round: team.round }, []);
  }
  const times = (await Promise.all(answers)).map(([answer]) => answer);
  const last = Math.max(...times.map(({ ended }) => ended));
  return last - Math.min(...times.map(({ begun }) => begun));
}
