/**
 * The peers in Python: each is a process of python/tables_side.py, which is started when it is needed first and gets a line for each fit.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environment } from '../sides.mjs';

const FOLDER = fileURLToPath(new URL('../python', import.meta.url));
/** Variables by which the libraries under the peers take their number of threads. */
const THREADS = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'];

export class Peer {
  /** @param {string} name @param {string} python - the interpreter @param {number} threads */
  constructor(name, python, threads) {
    this.name = name;
    this.version = '';
    /** @type {string | undefined} why it cannot be measured */
    this.fault = existsSync(python) ? undefined : 'not installed';
    if (this.fault !== undefined) return;
    const limits = Object.fromEntries(THREADS.map((variable) => [variable, String(threads)]));
    this.process = spawn(python, ['tables_side.py', name], {
      cwd: FOLDER,
      env: { ...environment(), ...limits },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  /** Waits until the library is loaded. */
  async open() {
    if (this.fault !== undefined) return;
    const { version, fault } = await this.next();
    this.version = version ?? '';
    this.fault = fault;
  }

  /**
   * @param {import('./vinculum.mjs').Work} work
   * @returns {Promise<import('./vinculum.mjs').Measured>}
   * @throws {Error} with the library's message, or if it takes longer than the limit
   */
  async measure({ split, table, seed, limit }) {
    const folder = mkdtempSync(join(tmpdir(), 'vinculum-tables-'));
    try {
      const answer = join(folder, 'answer.json');
      const { train, test } = split;
      const { target, task } = table;
      const job = { train, test, target, task, seed, limit, answer };
      this.process?.stdin.write(`${JSON.stringify(job)}\n`);
      const { fault, ...measured } = await this.next();
      if (fault !== undefined) throw new Error(fault);
      return { ...measured, answer: JSON.parse(readFileSync(answer, 'utf8')) };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  close() {
    this.process?.stdin.end();
  }

  async next() {
    const { value, done } = (await this.lines?.next()) ?? { done: true };
    return done === true ? { fault: 'it ended' } : JSON.parse(value);
  }
}
