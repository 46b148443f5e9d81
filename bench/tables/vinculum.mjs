/**
 * Runs the command `vinculum` on a split as a user does: it trains on one file and predicts the rows of the other. Each call is a
 * process, of which the wall time is measured; the report of the training says how long the training itself took.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordsOf } from './splits.mjs';

const COMMAND = 'packages/cli/bin/vinculum.js';
/** Tells what a process used when it ends. */
const USAGE = fileURLToPath(new URL('usage.mjs', import.meta.url));
const PROBABILITY = 'probability_';

/**
 * @typedef {object} Measured
 * @property {import('./scores.mjs').Answer} answer
 * @property {number} fit - seconds
 * @property {number} [wall] - seconds of the process that trains, with its start and the reading of the file
 * @property {number} processor - seconds of all processors while it trains; of vinculum with the start of the process and the reading of the file
 * @property {number} predict - seconds
 * @property {number} memory - the most bytes
 *
 * @typedef {object} Work
 * @property {import('./splits.mjs').Split} split
 * @property {import('./splits.mjs').Table} table
 * @property {number} seed
 * @property {number} limit - seconds
 */

/** The command of a built repository, with flags of its own. */
export class Vinculum {
  /** @param {string} repository @param {readonly string[]} flags @param {number} threads */
  constructor(repository, flags, threads) {
    this.program = join(repository, COMMAND);
    this.flags = flags;
    this.threads = threads;
    const file = join(repository, 'packages/core/package.json');
    this.version = `vinculum ${JSON.parse(readFileSync(file, 'utf8')).version}`;
    /** @type {string | undefined} why it cannot be measured */
    this.fault = existsSync(this.program) ? undefined : 'not built';
  }

  /**
   * @param {Work} work
   * @returns {Promise<Measured>}
   * @throws {Error} with the message of the command, or if it takes longer than the limit
   */
  async measure({ split, table, seed, limit }) {
    const folder = mkdtempSync(join(tmpdir(), 'vinculum-tables-'));
    try {
      // The peers know the task, too. Without it, few distinct integers are taken for classes.
      const task = table.task === 'regression' ? 'regression' : 'classification';
      const target = ['-t', table.target, '--task', task, '--test', split.test];
      const common = ['--threads', String(this.threads), '--json', '--quiet', '-o', folder];
      const words = [
        'train',
        split.train,
        ...target,
        '--seed',
        String(seed),
        ...this.flags,
        ...common,
      ];
      const training = await this.run(words, folder, limit);
      const model = join(folder, 'model.safetensors');
      const output = join(folder, 'predictions.csv');
      const proba = table.task === 'regression' ? [] : ['--proba'];
      const asked = ['predict', model, split.test, ...proba, '--quiet', '-o', output];
      const prediction = await this.run(asked, folder, limit);
      return {
        answer: answerOf(readFileSync(output, 'utf8')),
        fit: JSON.parse(training.said).seconds,
        wall: training.seconds,
        processor: training.processor,
        predict: prediction.seconds,
        memory: Math.max(training.memory, prediction.memory),
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /**
   * @param {readonly string[]} words
   * @param {string} folder
   * @param {number} limit
   * @returns {Promise<{ said: string, seconds: number, processor: number, memory: number }>}
   */
  async run(words, folder, limit) {
    const usage = join(folder, 'usage.json');
    const start = performance.now();
    const child = spawn(process.execPath, ['--import', USAGE, this.program, ...words], {
      env: { ...process.env, VINCULUM_BENCH_USAGE: usage },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * limit);
    let [said, errors] = ['', ''];
    child.stdout.on('data', (data) => (said += String(data)));
    child.stderr.on('data', (data) => (errors = (errors + String(data)).slice(-2000)));
    const [code, signal] = await new Promise((resolve) => {
      child.on('close', (...ended) => resolve(ended));
    });
    clearTimeout(timer);
    const seconds = (performance.now() - start) / 1000;
    if (signal === 'SIGKILL' && seconds >= limit) throw new Error(`longer than ${limit} s`);
    if (code !== 0) throw new Error(messageOf(said, errors) || `it ended with ${code}`);
    return { said, seconds, ...JSON.parse(readFileSync(usage, 'utf8')) };
  }
}

/** @param {string} text - CSV with `prediction` and a probability for each class @returns {import('./scores.mjs').Answer} */
function answerOf(text) {
  const [head, ...rows] = recordsOf(text);
  const names = head?.cells ?? [];
  const prediction = names.indexOf('prediction');
  const columns = [...names.keys()].filter((i) => names[i]?.startsWith(PROBABILITY));
  return {
    predictions: rows.map(({ cells }) => cells[prediction] ?? ''),
    classes: columns.map((i) => names[i]?.slice(PROBABILITY.length) ?? ''),
    probabilities: rows.map(({ cells }) => columns.map((i) => Number(cells[i]))),
  };
}

/**
 * The message of a command that failed: the first line of its errors, or that of its document, where `--json` was given.
 *
 * @param {string} said
 * @param {string} errors
 * @returns {string}
 */
function messageOf(said, errors) {
  const line = errors.trim().split('\n')[0] ?? '';
  if (line !== '' || !said.startsWith('{')) return line;
  return JSON.parse(said).message ?? '';
}
