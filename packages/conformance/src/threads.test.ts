/**
 * Threads from the view of a program that uses the library: several runs at the same time, a worker thread that is
 * terminated in the middle of a run, a process that ends although it has idle threads, and the processor time of idle threads.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LAYER_KINDS, wasmBackend } from 'vinculum/internal';
import { EVERY_KIND, hashOfLongRun, startRun } from './long-run.ts';
import { nativeBuilds } from './native-builds.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const BACKENDS = [
  { name: 'wasm', backend: wasmBackend },
  ...nativeBuilds()
    .slice(0, 1)
    .map(({ backend }) => ({ name: 'native', backend })),
];

/** The first lines of a program that trains on two threads. A separate process runs it on the built packages. */
const TRAIN = `
  import { dense, fit, network } from 'vinculum';
  const rows = 256;
  const x = { data: Float32Array.from({ length: rows * 64 }, (_, i) => (i % 7) - 3), shape: [rows, 64] };
  const y = Int32Array.from({ length: rows }, (_, i) => i % 10);
  const train = (backend, epochs) => {
    const net = network({ inputs: 64, layers: [dense(128, { activation: 'relu' }), dense(10)] });
    const options = { loss: 'softmax-cross-entropy', batchSize: 128, epochs, backend, threads: 2 };
    return fit(net, { x, y }, options);
  };
`;

/** Runs a program, which must end by itself, and returns what it prints. */
async function outputOf(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', TRAIN + program, '--', ...args],
    { cwd: ROOT, timeout: 30_000 },
  );
  return stdout.trim();
}

it('layers of every kind train to one hash on every backend, instruction set and number of threads', async () => {
  expect(new Set(EVERY_KIND.map(({ kind }) => kind))).toEqual(new Set(LAYER_KINDS));
  const backends = [wasmBackend, ...nativeBuilds().map(({ backend }) => backend)];
  const hashes = new Set<string>();
  for (const backend of backends) {
    for (const threads of [1, 2, 3, 5]) {
      hashes.add(await hashOfLongRun(backend, { threads, steps: 25, layers: EVERY_KIND }));
    }
  }
  expect(hashes.size).toBe(1);
});

describe.each(BACKENDS)('threads of $name', ({ name, backend }) => {
  it('serve two runs in turn, and each has the bits of a single run', async () => {
    const alone = await hashOfLongRun(backend, { steps: 60 });
    const runs = [startRun(backend, 2), startRun(backend, 3)];
    for (const { run } of runs) await run.ready;
    for (let turn = 0; turn < 6; turn++) for (const { advance } of runs) advance(10);
    const [first, second] = runs.map(({ run }) => [...run.parameters]);
    expect(first).toEqual(second);
    for (const { run } of runs) run.close();
    expect(await hashOfLongRun(backend, { threads: 2, steps: 60 })).toBe(alone);
  });

  it('let the process end, and use no processor time while they are idle', async () => {
    const program = `
      const backend = process.argv[1];
      await train(backend, 3);
      const before = process.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, 600));
      const { user, system } = process.cpuUsage(before);
      console.log(user + system);`;
    // A thread that polls would use 600,000 microseconds.
    expect(Number(await outputOf(program, name))).toBeLessThan(200_000);
  });

  it('of two worker threads at once give the bits of one, and those of a terminated worker thread end', async () => {
    const program = `
      import { Worker } from 'node:worker_threads';
      const backend = process.argv[1];
      const source = process.argv[2];
      const start = (epochs) =>
        new Worker(source, { eval: true, workerData: { backend, epochs } });
      const lossOf = (worker) =>
        new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
      const doomed = start(1e9);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const losses = await Promise.all([lossOf(start(5)), lossOf(start(5))]);
      await doomed.terminate();
      const after = await train(backend, 5);
      console.log(new Set([...losses, after.epochs.at(-1).loss]).size);`;
    const source = `
      (async () => {
        const { parentPort, workerData } = await import('node:worker_threads');
        ${TRAIN.replace("import { dense, fit, network } from 'vinculum';", "const { dense, fit, network } = await import('vinculum');")}
        const history = await train(workerData.backend, workerData.epochs);
        parentPort.postMessage(history.epochs.at(-1).loss);
      })();`;
    expect(await outputOf(program, name, source)).toBe('1');
  });
});
