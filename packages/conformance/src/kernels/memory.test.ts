/**
 * The memory of the wasm backend: a run allocates nothing, the memory of a closed or dropped executable is used again, and
 * a program that is too large for any memory is refused.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { dense, type Executable } from 'vinculum';
import {
  atOnce,
  KernelPool,
  KERNELS,
  lower,
  type Program,
  readLoss,
  SCALARS,
  wasmBackend,
  WasmExecutable,
} from 'vinculum/internal';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function programOf(capacity: number, units = 16): Program {
  return lower({
    spec: { inputs: 2, layers: [dense(units), dense(2)], seed: 0, dtype: 'float32' },
    purpose: 'train',
    precision: 'float32',
    capacity,
    loss: readLoss('test', 'mse'),
    data: { windowRows: 4, inputType: 'float32', scale: 1, targets: 'rows', weighted: false },
  });
}

describe('run', () => {
  it('allocates nothing', () => {
    const executable = wasmBackend.compile(programOf(32));
    executable.scalars[SCALARS.rows] = 32;
    const steps = (count: number): void => {
      for (let i = 0; i < count; i++) {
        atOnce(executable.run('forward'));
        atOnce(executable.run('backward'));
      }
    };
    steps(20_000);
    // Other parts of Node sometimes allocate memory, so the smallest of a few samples counts.
    const grown = Array.from({ length: 9 }, () => {
      collect();
      const before = getHeapStatistics();
      steps(20_000);
      const after = getHeapStatistics();
      expect(after.external_memory).toBe(before.external_memory);
      return after.used_heap_size - before.used_heap_size;
    });
    expect(Math.min(...grown) / 20_000).toBeLessThan(0.1);
    executable.close();
  });

  it('and view refuse a closed executable, which may be closed twice', () => {
    const executable = wasmBackend.compile(programOf(3));
    executable.close();
    executable.close();
    expect(() => executable.run('forward')).toThrow('internal: the executable is closed.');
    expect(() => executable.view('parameters')).toThrow('internal: the executable is closed.');
  });

  it('has only the tensors of the program', () => {
    const executable = wasmBackend.compile(programOf(3));
    expect(() => executable.view('nobody')).toThrow("internal: no tensor 'nobody' in the program.");
    expect(executable.view('parameters')).toBe(executable.view('parameters'));
    executable.close();
  });
});

describe('the pool', () => {
  it('gives the memory of a closed executable, filled with zeros, to the next program of its size', () => {
    const pool = new KernelPool(KERNELS);
    const first = new WasmExecutable(programOf(30), pool);
    const { buffer } = first.view('parameters');
    new Uint8Array(buffer).fill(255, KERNELS.staticBytes);
    first.close();
    expect(pool.idleBytes).toBe(buffer.byteLength);
    const second = new WasmExecutable(programOf(31), pool);
    expect(second.view('parameters').buffer).toBe(buffer);
    expect(pool.idleBytes).toBe(0);
    for (const name of second.program.tensors.keys()) {
      expect(second.view(name).every((value) => value === 0)).toBe(true);
    }
    expect(second.scalars.every((value) => value === 0)).toBe(true);
    second.close();
  });

  it('keeps at most 256 MiB of idle memory, so it does not keep a memory larger than that', () => {
    const pool = new KernelPool(KERNELS);
    const large = (): WasmExecutable => new WasmExecutable(programOf(2 ** 20, 32), pool);
    const open = [large(), large()];
    const one = open[0]!.view('parameters').buffer.byteLength;
    expect(one).toBeGreaterThan(256 * 2 ** 20);
    for (const executable of open) executable.close();
    expect(pool.idleBytes).toBe(0);
  });

  it('takes back the memory of an executable that was dropped but not closed, once no view is in use', async () => {
    const pool = new KernelPool(KERNELS);
    const make = (): ReturnType<Executable['view']> =>
      new WasmExecutable(programOf(5), pool).view('parameters');
    let view: ReturnType<typeof make> | undefined = make();
    const settle = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        collect();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await settle();
    expect(pool.idleBytes).toBe(0);
    expect(view.length).toBeGreaterThan(0);
    view = undefined;
    await settle();
    expect(pool.idleBytes).toBeGreaterThan(0);
  });
});

describe('compile', () => {
  it('refuses a program that is too large for any memory, and the error names the bytes and a remedy', () => {
    expect(() => wasmBackend.compile(programOf(2 ** 27))).toThrow(RangeError);
    expect(() => wasmBackend.compile(programOf(2 ** 27))).toThrow(
      /^compile: the memory of a run must be at most 4294967296 bytes; got \d+ bytes\. Use a smaller batchSize/,
    );
  });
});
