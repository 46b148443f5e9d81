/**
 * The sides of the benchmark, and the exchange of messages with them. Each side is a process that waits while another one
 * works. A side that cannot be measured is kept with the reason, so that the table can show it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
export const PYTHON = fileURLToPath(new URL('.venv/bin/python', import.meta.url));
const NODE_24 = fileURLToPath(new URL('node_modules/node-24/bin/node', import.meta.url));

const ours = (backend, numerics, threads, node = process.execPath) => ({
  name: [backend, ...(numerics === 'fused' ? [numerics] : []), threads].join(' '),
  command: [node, 'side.mjs', 'peers/vinculum.mjs', backend, numerics, threads],
});
/** All numbers of threads of a backend; `auto` leaves the option unset, so that a run chooses and adapts itself. */
const onThreads = (backend, numerics, node) =>
  ['1', '2', 'auto'].map((threads) => ours(backend, numerics, threads, node));
const js = (name, node, ...words) => ({ name, command: [node, 'side.mjs', ...words] });
const python = (name, ...words) => ({ name, command: [PYTHON, ...words], folder: 'python' });

/** An engine with relaxed SIMD, which fused numerics need under WebAssembly. Node 20 has it only behind a flag. */
const RELAXED_NODE = Number(process.versions.node.split('.')[0]) >= 22 ? process.execPath : NODE_24;

/** Every side; those of vinculum are first. `(1 core)` in a name means that the peer is pinned to one processor. */
export const SIDES = [
  ...onThreads('native', 'portable'),
  ...onThreads('native', 'fused'),
  ...onThreads('wasm', 'portable'),
  ...onThreads('wasm', 'fused', RELAXED_NODE),
  python('jax scanned', 'jax_side.py', 'scanned'),
  python('jax scanned (1 core)', 'jax_side.py', 'scanned', '0'),
  python('jax stepped', 'jax_side.py', 'stepped'),
  python('jax stepped (1 core)', 'jax_side.py', 'stepped', '0'),
  python('tensorflow looped', 'tensorflow_side.py', 'looped'),
  python('tensorflow looped (1 core)', 'tensorflow_side.py', 'looped', '0'),
  python('tensorflow stepped', 'tensorflow_side.py', 'stepped'),
  python('tensorflow stepped (1 core)', 'tensorflow_side.py', 'stepped', '0'),
  python('torch', 'torch_side.py'),
  python('torch whole step compiled', 'torch_side.py', 'step'),
  python('scikit-learn', 'sklearn_side.py'),
  js('onnxruntime-node', process.execPath, 'peers/onnxruntime-node.mjs'),
  js('tfjs wasm', process.execPath, 'peers/tfjs.mjs', 'wasm'),
  js('tfjs cpu', process.execPath, 'peers/tfjs.mjs', 'cpu'),
  js('brain.js', process.execPath, 'peers/brain.mjs'),
  js('ml-fnn', process.execPath, 'peers/ml-fnn.mjs'),
  js('jax-js', NODE_24, 'peers/jax-js.mjs'),
];

/** Variables that some machines set for older numerical libraries. They slow the peers down. */
const UNSET = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];

/** The longest time for one answer. It is long, because the first answer includes compilation. */
const PATIENCE = 240_000;

export class Side {
  /** @param {{ name: string, command: string[], folder?: string }} definition */
  constructor({ name, command: [program, ...words], folder = '.' }) {
    this.name = name;
    this.version = '';
    /** @type {string | undefined} why it cannot be measured */
    this.fault = existsSync(program) ? undefined : 'not installed';
    this.waiting = [];
    this.lines = [];
    if (this.fault !== undefined) return;
    this.process = spawn(program, words, {
      cwd: HERE + folder,
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.errors = '';
    this.process.stderr.on('data', (data) => (this.errors = (this.errors + data).slice(-2000)));
    this.process.on('exit', () => this.hear({ fault: lastLine(this.errors) || 'it ended' }));
    createInterface({ input: this.process.stdout }).on('line', (line) =>
      this.hear(JSON.parse(line)),
    );
  }

  /** Waits until the side has loaded its library. */
  async open() {
    if (this.fault !== undefined) return;
    const { version, fault } = await this.answer();
    this.version = version ?? '';
    this.fault = fault;
  }

  /** @returns {Promise<{ seconds?: number, fault?: string }>} of one step, epoch or prediction */
  async measure(work, seconds) {
    if (this.fault !== undefined) return { fault: this.fault };
    this.process.stdin.write(`${JSON.stringify({ work, seconds })}\n`);
    return this.answer();
  }

  close() {
    this.process?.stdin.end();
  }

  hear(answer) {
    const next = this.waiting.shift();
    if (next === undefined) this.lines.push(answer);
    else next(answer);
  }

  answer() {
    if (this.lines.length > 0) return Promise.resolve(this.lines.shift());
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.fault = 'no answer in time';
        this.process.kill();
        resolve({ fault: this.fault });
      }, PATIENCE);
      this.waiting.push((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }
}

/** The environment variables of this process without those that slow the peers down. */
export function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !UNSET.includes(key)));
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}
