/**
 * Whole Programs on the kernels. Training steps have the same bits if they are fused, if they are traced, and with any
 * block of k that a build may choose. A row in a batch has the same bits as the row alone.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { adam, type Backend, dense, dropout, type NetworkSpec } from 'vinculum';
import {
  atOnce,
  KernelPool,
  layoutOf,
  lower,
  presetModule,
  readLoss,
  SCALARS,
  updateNeeds,
  wasmBackend,
  WasmExecutable,
} from 'vinculum/internal';
import { compileKernels, readSources } from '../../../kernels/compile/toolchain.mjs';
import { Draws } from '../draws.ts';
import { differingBits } from '../faults.ts';
import { Step, type Case } from '../step.ts';
import { denseFaults } from './dense-case.ts';
import { SIZES } from './kernel-case.ts';

const SPEC: NetworkSpec = {
  inputs: 37,
  layers: [
    dense(33, { activation: 'relu' }),
    dropout(0.3),
    dense(18, { activation: 'gelu' }),
    dense(21, { activation: 'tanh' }),
    dropout(0.1),
    dense(11),
  ],
  output: 'softmax',
  seed: 0,
  dtype: 'float32',
};

const NAMES = ['parameters', 'adjoints', 'firstMoments', 'secondMoments', 'y'];

function caseOf(rows: number): Case {
  const draws = new Draws(rows);
  const { parameterCount } = layoutOf(SPEC);
  const f = Math.fround;
  return {
    spec: SPEC,
    loss: readLoss('test', { kind: 'softmax-cross-entropy', labelSmoothing: 0.1 }),
    parameters: draws.array(parameterCount, () => f(draws.normal() * 0.2)),
    rows,
    x: draws.array(rows * SPEC.inputs, () => f(draws.normal())),
    target: Int32Array.from({ length: rows }, () => draws.integer(0, 10)),
    rowWeights: draws.array(rows, () => f(draws.uniform(0.5, 2))),
    seed: 2 ** 40 + 7,
    step: 1,
  };
}

/** The state after three steps. The batch of the last step is partial. */
function trainedBits(backend: Backend, purpose: 'train' | 'trace'): Map<string, Float64Array> {
  const update = { ...updateNeeds(adam()), spareAdjoints: 0, keepBest: false };
  const step = new Step(backend, caseOf(29), { purpose, update });
  for (let t = 1; t <= 3; t++) {
    step.setScalars({
      step: t,
      rows: t === 3 ? 13 : 29,
      clipScale: 0.9,
      stepSize: 0.01 / (1 - 0.9 ** t),
      denominatorScale: 1 / Math.sqrt(1 - 0.999 ** t),
      epsilon: 1e-8,
      beta1: 0.9,
      oneMinusBeta1: 1 - 0.9,
      beta2: 0.999,
      oneMinusBeta2: 1 - 0.999,
      l2: 1e-4,
      decay: 1e-5,
    });
    step.run('forward', 'backward', 'check', 'update');
  }
  const values = new Map(NAMES.map((name) => [name, step.values(name)]));
  values.set('scalars', step.executable.scalars.slice());
  step.close();
  return values;
}

function faultsBetween(
  label: string,
  got: Map<string, Float64Array>,
  expected: Map<string, Float64Array>,
): string[] {
  return [...expected].flatMap(([name, values]) =>
    differingBits(`${name}, ${label}`, got.get(name)!, values),
  );
}

describe('a training step', () => {
  it('has the same bits fused and traced', () => {
    const fused = trainedBits(wasmBackend, 'train');
    expect(fused.get('adjoints')!.some((value) => value !== 0)).toBe(true);
    expect(faultsBetween('traced', trainedBits(wasmBackend, 'trace'), fused)).toEqual([]);
  });

  it('has the same bits twice, whatever the memory held before', () => {
    const once = trainedBits(wasmBackend, 'train');
    const dirty = wasmBackend.compile(
      lower({ spec: SPEC, purpose: 'predict', precision: 'float32', capacity: 700 }),
    );
    dirty.view('x').fill(Number.NaN);
    dirty.close();
    expect(faultsBetween('again', trainedBits(wasmBackend, 'train'), once)).toEqual([]);
  });
});

describe('predict', () => {
  it('gives each row of a batch the bits of the row alone', () => {
    const { parameters, x } = caseOf(23);
    const executable = wasmBackend.compile(
      lower({ spec: SPEC, purpose: 'predict', precision: 'float32', capacity: 23 }),
    );
    executable.view('parameters').set(parameters);
    atOnce(executable.run('prepare'));
    const predict = (first: number, rows: number): Float64Array => {
      executable.view('x').set(x.subarray(first * SPEC.inputs, (first + rows) * SPEC.inputs));
      executable.scalars[SCALARS.rows] = rows;
      atOnce(executable.run('forward'));
      return Float64Array.from(executable.view('y').subarray(0, rows * 11));
    };
    const whole = predict(0, 23);
    const faults = [1, 2, 3, 4, 5, 9].flatMap((rows) =>
      Array.from({ length: Math.floor(23 / rows) }, (_, tile) => tile * rows).flatMap((first) =>
        differingBits(
          `${rows} rows from ${first}`,
          predict(first, rows),
          whole.subarray(first * 11, (first + rows) * 11),
        ),
      ),
    );
    expect(faults).toEqual([]);
    executable.close();
  });
});

describe('a build with blocks of 5 steps and everything packed', () => {
  let variant: Backend;

  beforeAll(async () => {
    const sources = readSources();
    const { bytes, ...image } = await compileKernels(sources, {
      K_BLOCK: 5,
      ROW_BLOCK: 6,
      TILE_ROWS: 6,
      CONFLICT_STRIDE: 1,
      CONFLICT_STEPS: 1,
    });
    const packed = { bytes: bytes.length, unpacker: '', code: '' };
    presetModule(packed, () => bytes);
    const pool = new KernelPool({ ...image, packed });
    variant = { ...wasmBackend, compile: (program) => new WasmExecutable(program, pool) };
  }, 240_000);

  it('trains to the same bits', () => {
    const expected = trainedBits(wasmBackend, 'train');
    expect(faultsBetween('block of 5', trainedBits(variant, 'train'), expected)).toEqual([]);
  });

  it("has the twin's bits in every matrix kernel around the tiles", () => {
    const draws = new Draws(5);
    const faults = SIZES.flatMap((size) => [
      ...denseFaults(variant, { rows: size, fanIn: 11, fanOut: 13 }, draws),
      ...denseFaults(variant, { rows: 6, fanIn: size, fanOut: 9 }, draws),
      ...denseFaults(variant, { rows: 7, fanIn: 10, fanOut: size }, draws),
    ]);
    expect(faults.slice(0, 5)).toEqual([]);
  });
});
