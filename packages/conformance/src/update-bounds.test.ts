/**
 * The bounds that an optimiser keeps from step to step against the steps of the kernels: no parameter may move farther
 * than the bound says, whatever the gradients are, even if they are so small that their squares underflow in the kernel.
 */
import { describe, expect, it } from 'vitest';
import { adagrad, adam, adamw, nadam, type Optimizer, radam, rmsprop, sgd } from 'vinculum';
import {
  atOnce,
  boundStep,
  coefficientsInto,
  measureBounds,
  SCALARS,
  unknownBounds,
  updateNeeds,
  wasmBackend,
} from 'vinculum/internal';
import { Draws } from './draws.ts';
import { bindOps } from './op-program.ts';

const SIZE = 32;
const STEPS = 80;
/** The smallest ε that an optimiser takes. */
const SMALLEST = 1e-16;
/** The allowance for the roundings of one step; the same as in train/update-bound.ts. */
const SLACK = 1 + 1e-6;

const OPTIMIZERS: readonly Optimizer[] = [
  adam(),
  adam({ epsilon: SMALLEST }),
  adam({ epsilon: SMALLEST, epsilonMode: 'hat' }),
  adam({ epsilon: SMALLEST, beta1: 0.5, beta2: 0.3 }),
  adam({ epsilon: SMALLEST, beta1: 0.99, beta2: 0.9 }),
  adam({ epsilon: SMALLEST, beta2: 0.999_999 }),
  adam({ beta1: 0.9, beta2: 0 }),
  adam({ epsilon: SMALLEST, beta1: 0 }),
  adam({ epsilon: SMALLEST, amsgrad: true }),
  adamw({ epsilon: SMALLEST }),
  sgd({ momentum: 0.9 }),
  sgd({ momentum: 0.9, nesterov: true }),
  rmsprop({ epsilon: SMALLEST }),
  rmsprop({ epsilon: SMALLEST, momentum: 0.9 }),
  adagrad({ epsilon: SMALLEST }),
  nadam({ epsilon: SMALLEST }),
  nadam({ epsilon: SMALLEST, beta1: 0.5, beta2: 0.3, momentumDecay: 1 }),
  radam({ epsilon: SMALLEST }),
  radam({ epsilon: SMALLEST, beta1: 0.5, beta2: 0.9 }),
];

/** Gradients of one step: of one size, of many sizes, or mostly 0. Often they are so small that their squares underflow. */
function gradientsOf(draws: Draws): Float64Array {
  const scale = 10 ** draws.uniform(-30, 12);
  const sparse = draws.chance(0.3);
  const wide = draws.chance(0.3);
  return draws.array(SIZE, () => {
    if (sparse && draws.chance(0.8)) return 0;
    return Math.fround(draws.normal() * (wide ? 10 ** draws.uniform(-30, 12) : scale));
  });
}

/** The steps of a run in which a parameter moved farther than its bound. */
function run(optimizer: Optimizer, seed: number): string[] {
  const { rule, moments, nesterov } = updateNeeds(optimizer);
  const shape = [SIZE];
  const executable = bindOps(wasmBackend, {
    rows: 1,
    tensors: {
      parameters: { shape, region: 'parameters' },
      adjoints: { shape, region: 'adjoints' },
      ...Object.fromEntries(moments.map((name) => [name, { shape, region: name }])),
    },
    ops: (tensor) => [
      {
        kind: 'update',
        rule,
        nesterov,
        parameters: tensor('parameters'),
        adjoints: tensor('adjoints'),
        weightCount: SIZE,
        ...Object.fromEntries(moments.map((name) => [name, tensor(name)])),
      },
    ],
  });
  const { scalars } = executable;
  const view = (name: string): Float32Array => executable.view(name) as Float32Array;
  const regionOf = (name: 'firstMoments' | 'secondMoments'): Float32Array | undefined =>
    moments.includes(name) ? view(name) : undefined;
  const first = regionOf('firstMoments');
  const second = regionOf('secondMoments');
  const sizeOf = (values: ArrayLike<number> = []): number =>
    Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const bounds = unknownBounds();
  const draws = new Draws(seed);
  const faults: string[] = [];
  for (let t = 1; t <= STEPS; t++) {
    const gradients = gradientsOf(draws);
    coefficientsInto(scalars, optimizer, t, optimizer.learningRate);
    scalars[SCALARS.decay] = 0;
    scalars[SCALARS.clipScale] = 1;
    scalars[SCALARS.clipValue] = Infinity;
    if (t === 1) measureBounds(bounds, first, second, scalars);
    const bound = boundStep(bounds, optimizer, scalars, sizeOf(gradients) * SLACK) * SLACK;
    bounds.first *= SLACK;
    bounds.second *= SLACK;
    // A parameter of 0 is the step itself afterwards, without a rounding.
    view('parameters').fill(0);
    view('adjoints').set(gradients);
    atOnce(executable.run('forward'));
    const found = [sizeOf(view('parameters')), sizeOf(first), sizeOf(second)] as const;
    const limits = [bound, bounds.first, bounds.second] as const;
    ['step', 'first moment', 'second moment'].forEach((what, i) => {
      if (found[i]! <= limits[i]!) return;
      faults.push(`step ${t}: the ${what} is ${found[i]} and its bound ${limits[i]}`);
    });
  }
  executable.close();
  return faults;
}

describe('the bounds of an update', () => {
  it.each(OPTIMIZERS)('hold on the kernels, whatever the gradients are: %o', (optimizer) => {
    const faults = [1, 2, 3, 4, 5, 6].flatMap((seed) => run(optimizer, seed));
    expect(faults.slice(0, 5)).toEqual([]);
  });
});
