/** A program that is too large for the numbers of an op table is refused, because a number that wraps would address other memory. */
import { expect, test } from 'vitest';
import { readLoss } from '../../losses/loss.ts';
import { dense } from '../../network/layers/dense.ts';
import { lower } from '../../lowering/lower.ts';
import type { Program } from '../../program/program.ts';
import type { NativeBinding } from '../native/binding.ts';
import { nativeBackend } from '../native/backend.ts';
import { referenceBackend } from '../reference/backend.ts';
import { wasmBackend } from '../wasm/backend.ts';
import { encodeOps, encodeProgram, tableVersion } from './table.ts';

function predictor(units: number, capacity: number): Program {
  return lower({
    spec: {
      inputs: 2,
      layers: [dense(units, { activation: 'relu' }), dense(3)],
      seed: 0,
      dtype: 'float32',
    },
    purpose: 'predict',
    precision: 'float32',
    capacity,
  });
}

/** An addon that computes nothing, which is enough because no test of this file runs a program. */
const binding: NativeBinding = {
  tableVersion: tableVersion(),
  fusing: [false],
  processors: 1,
  mostThreads: 1,
  misalignment: () => 0,
  useLargePages: () => {},
  jobBytes: 32,
  bind: () => 0,
  run: () => {},
  runOn: () => {},
  shuffle: () => {},
};
const native = nativeBackend(() => ({ binding, build: 0, instructionSet: 'baseline' }));

const RULE = 'the memory of a run must be';

test('a fraction in a field that holds whole numbers is an error of ours, because the table would cut it off', () => {
  const [op] = predictor(4, 1).phases.forward.filter(({ kind }) => kind === 'dense');
  expect(() => encodeOps([{ ...op!, preActivation: 0.5 } as never])).toThrow(
    "internal: the field 'preActivation' is no whole number, so it needs a row in NUMBERS.",
  );
});

test('an arena is at most 2^34 - 8 bytes: the next places mean other memory', () => {
  const fits = { ...predictor(4, 1), arenaBytes: 2 ** 34 - 8 };
  expect(() => encodeProgram(fits)).not.toThrow();
  const over = predictor(4096, 2 ** 20);
  expect(over.arenaBytes).toBeGreaterThan(2 ** 34);
  expect(() => native.compile(over)).toThrow(`${RULE} at most 17179869176 bytes; got 17`);
  expect(() => native.compile(over)).toThrow(RangeError);
});

test('every backend refuses a program that is too large, by a RangeError with a remedy', () => {
  const remedy = 'Use a smaller batchSize or maxRows, or a smaller network.';
  for (const backend of [native, wasmBackend, referenceBackend]) {
    const over = { ...predictor(4, 1), arenaBytes: 2 ** 53 - 64 };
    expect(() => backend.compile(over)).toThrow(RangeError);
    expect(() => backend.compile(over)).toThrow(remedy);
  }
});

test('rows and parameters of more than 2^31 - 2^16 are refused', () => {
  const training = lower({
    spec: { inputs: 2 ** 24, layers: [dense(128)], seed: 0, dtype: 'float32' },
    purpose: 'train',
    precision: 'float32',
    capacity: 1,
    loss: readLoss('test', 'mse'),
    data: { windowRows: 1, inputType: 'float32', scale: 1, targets: 'rows', weighted: false },
    update: { rule: 'sgd', moments: [], nesterov: false, spareAdjoints: 0, keepBest: false },
  });
  for (const program of [predictor(1, 2 ** 31 - 2 ** 16 + 1), training]) {
    // However much memory there is, the kernels could not count these elements.
    expect(() => encodeProgram({ ...program, arenaBytes: 64 })).toThrow(
      `${RULE} one in which rows, columns and parameters are at most 2147418112 each; got 214`,
    );
  }
});

test('rows and columns may have a product of 2^31 and more', () => {
  const program = predictor(2048, 2 ** 20);
  expect(() => encodeProgram(program)).not.toThrow();
  const dense0 = encodeOps(program.phases.forward);
  expect(dense0).toContain(2048);
});
