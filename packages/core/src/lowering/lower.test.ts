/**
 * Lowering: the properties that the Program of every network must have (memory without overlap, ops whose tensors exist,
 * flat regions without padding), and the promise that the fused Program of training has the bits of the traced one.
 */
import { describe, expect, it } from 'vitest';
import { ACTIVATION_KINDS } from '../activations/activation.ts';
import type { Executable } from '../backends/contract.ts';
import { registeredBackends } from '../backends/registry.ts';
import { LOSS_KINDS, readLoss, type LossKind } from '../losses/loss.ts';
import { network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import type { Layer } from '../network/layers/kinds.ts';
import { scaling } from '../network/layers/scaling.ts';
import { layoutOf } from '../network/layout.ts';
import { readSpec } from '../network/read-spec.ts';
import { lower } from './lower.ts';
import type { LoweringRequest, UpdateRequest } from './lowering.ts';
import { atOnce } from '../model/runner.ts';
import { bytesOf, columnsOf } from '../program/memory.ts';
import { REGIONS, type Op, type Program, type Tensor } from '../program/program.ts';
import { SCALARS } from '../program/scalars.ts';

const BACKENDS = registeredBackends().filter((backend) => backend.unavailable() === undefined);

const ADAM: UpdateRequest = {
  rule: 'adam',
  moments: ['firstMoments', 'secondMoments'],
  nesterov: false,
  spareAdjoints: 0,
  keepBest: false,
};

function request(
  layers: readonly Layer[],
  rest: Partial<LoweringRequest>,
  loss: LossKind = 'softmax-cross-entropy',
): LoweringRequest {
  const kind = rest.purpose ?? 'train';
  const training: Partial<LoweringRequest> =
    kind === 'predict'
      ? {}
      : {
          loss: readLoss('test', loss),
          data: { windowRows: 20, inputType: 'float64', scale: 1, targets: 'rows', weighted: true },
          update: ADAM,
        };
  return {
    spec: readSpec('test', { inputs: 3, layers, seed: 5 }),
    purpose: kind,
    precision: 'float64',
    capacity: 6,
    ...training,
    ...rest,
  };
}

const DEEP = [
  dropout(0.1),
  dense(7, { activation: 'gelu' }),
  dropout(0.5),
  dense(5, { activation: 'tanh', bias: false }),
  dense(4, { activation: 'relu' }),
  dense(2),
];

/** Every tensor of some ops. A field of an op is taken for a tensor if it has the fields of one. */
function tensorsOf(ops: readonly Op[]): Tensor[] {
  return ops.flatMap((op) =>
    Object.values(op).filter(
      (value): value is Tensor => typeof value === 'object' && 'byteOffset' in value,
    ),
  );
}

function kinds(ops: readonly Op[]): string[] {
  return ops.map((op) => op.kind);
}

describe.each(['train', 'trace', 'predict'] as const)('a Program to %s', (purpose) => {
  const program = lower(request(DEEP, { purpose }));

  it('has its tensors inside the arena, region by region, with an aligned beginning', () => {
    const hosts = [...program.tensors.values()].filter((one) => one.byteOffset % 64 === 0);
    for (const { byteOffset, size, type } of program.tensors.values()) {
      expect(byteOffset).toBeGreaterThanOrEqual(0);
      expect(byteOffset + size * bytesOf(type)).toBeLessThanOrEqual(program.arenaBytes);
    }
    const ends = new Map<string, [first: number, last: number]>();
    for (const { region, byteOffset, size, type } of hosts) {
      const [first, last] = ends.get(region) ?? [Infinity, 0];
      ends.set(region, [
        Math.min(first, byteOffset),
        Math.max(last, byteOffset + size * bytesOf(type)),
      ]);
    }
    let end = 0;
    for (const region of REGIONS) {
      const [first, last] = ends.get(region) ?? [end, end];
      expect(first).toBeGreaterThanOrEqual(end);
      end = last;
    }
  });

  it('has the parameters flat: all weights, then all biases, without a gap', () => {
    const base = program.tensors.get('parameters')!;
    const layout = layoutOf(readSpec('test', { inputs: 3, layers: DEEP }));
    expect(base.size).toBe(layout.parameterCount);
    for (const { name, offset, size, shape } of layout.parameters) {
      const tensor = program.tensors.get(name)!;
      expect([tensor.byteOffset, tensor.size, tensor.shape]).toEqual([
        base.byteOffset + offset * 8,
        size,
        shape,
      ]);
    }
  });

  it('names in its ops only tensors that it has', () => {
    const ops = Object.values(program.phases).flat();
    for (const tensor of tensorsOf(ops)) expect(program.tensors.get(tensor.name)).toBe(tensor);
    expect(ops.length).toBeGreaterThan(0);
  });
});

describe('the phases', () => {
  it('of predict are only the forward ops, without dropout', () => {
    const spec = readSpec('test', { inputs: 3, layers: DEEP, output: 'softmax' });
    const { phases } = lower(request(DEEP, { purpose: 'predict', spec }));
    expect(kinds(phases.prepare).join(' ')).toBe('packWeights packWeights packWeights packWeights');
    expect(kinds(phases.forward)).toEqual(['dense', 'dense', 'dense', 'dense', 'output']);
    expect([phases.backward, phases.check, phases.update, phases.evaluate]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    const plain = lower(request(DEEP, { purpose: 'predict' }));
    expect(kinds(plain.phases.forward)).not.toContain('output');
  });

  it('of train fuse bias, activation and φ′, and their evaluation has no dropout', () => {
    const { phases } = lower(request(DEEP, {}));
    expect(kinds(phases.forward).join(' ')).toBe(
      'gather gather gather dropout dense dropout dense dense dense loss',
    );
    expect(kinds(phases.evaluate)).toEqual([
      'gather',
      'gather',
      'gather',
      'dense',
      'dense',
      'dense',
      'dense',
      'loss',
    ]);
    expect(kinds(phases.backward).join(' ')).toBe(
      'lossAdjoint denseWeightAdjoint denseInputAdjoint denseWeightAdjoint denseInputAdjoint ' +
        'denseWeightAdjoint denseInputAdjoint dropoutAdjoint activationAdjoint denseWeightAdjoint',
    );
    expect(kinds(phases.check)).toEqual(['sumOfSquares']);
    expect(kinds(phases.update).join(' ')).toBe(
      'update packWeights packWeights packWeights packWeights',
    );
    expect(phases.gradients).toEqual([...phases.forward, ...phases.backward, ...phases.check]);
  });

  it('update the parameters with a rate of their own apart, and the weights last, before they are packed', () => {
    const layers = [dense(3), scaling({ rateFactor: 6 }), dense(2)];
    const { phases } = lower(request(layers, { purpose: 'train', update: ADAM }));
    const updates = phases.update.filter((op) => op.kind === 'update');
    // The weights of the dense layers and the bias of the first one come before the factors; the last bias comes after.
    const inputs = updates.at(-1)!.weightCount - 3 * 2;
    expect(updates.map((op) => [op.parameters.size, op.rateFactor, op.weightCount])).toEqual([
      [2, undefined, 0],
      [3, 6, 0],
      [inputs + 3 * 2 + 3, undefined, inputs + 3 * 2],
    ]);
    const last = phases.update.findLastIndex(({ kind }) => kind === 'update');
    expect(kinds(phases.update).slice(last)).toEqual(['update', 'packWeights', 'packWeights']);
    const plain = lower(
      request([dense(3), scaling(), dense(2)], { purpose: 'train', update: ADAM }),
    );
    expect(kinds(plain.phases.update).filter((kind) => kind === 'update')).toHaveLength(1);
  });

  it('of trace store every quantity, each with its part in the network', () => {
    const scaledMoments = [
      { name: 'mHat', moment: 'firstMoments', factor: 'firstCorrection' },
      { name: 'vHat', moment: 'secondMoments', factor: 'secondCorrection' },
    ] as const;
    const update = { ...ADAM, scaledMoments };
    const { phases, tensors } = lower(request(DEEP, { purpose: 'trace', update }));
    expect(kinds(phases.backward)).toContain('activationAdjoint');
    expect(kinds(phases.update).slice(0, 4)).toEqual(['scale', 'update', 'scale', 'scale']);
    for (const name of ['m0', 'h0', 'm1', 'h1', 'm2', 'h2', 'h3', 'y', 'dropout.1']) {
      expect(tensors.get(name)?.origin?.role).toMatch(/^(preActivation|out|y)$/);
    }
  });

  it('keep hidden adjoints in two buffers, however deep the network is', () => {
    const layers = Array.from({ length: 30 }, () => dense(8, { activation: 'relu' }));
    const shallow = lower(request(layers.slice(0, 3), {}));
    const deep = lower(request(layers, {}));
    const bars = (program: Program): number =>
      [...program.tensors.values()].filter(({ name }) => /^bars\.\d$/.test(name)).length;
    expect([bars(shallow), bars(deep)]).toEqual([2, 2]);
  });

  it('have spare adjoints, moments and a copy of the best parameters only if they are requested', () => {
    const names = (update: Partial<UpdateRequest>): string[] => [
      ...lower(request(DEEP, { update: { ...ADAM, ...update } })).tensors.keys(),
    ];
    const base = { moments: [] };
    expect(names(base)).not.toEqual(expect.arrayContaining(['firstMoments']));
    expect(names({ ...base, spareAdjoints: 3 })).toEqual(
      expect.arrayContaining(['adjoints', 'adjoints.0', 'adjoints.1', 'adjoints.2']),
    );
    expect(
      names({ keepBest: true, moments: ['firstMoments', 'secondMoments', 'thirdMoments'] }),
    ).toEqual(expect.arrayContaining(['best', 'firstMoments', 'secondMoments', 'thirdMoments']));
    expect(names({})).not.toContain('best');
  });

  it('have no probabilities if the loss needs none', () => {
    const { phases } = lower(request([dense(2)], {}, 'mse'));
    expect(kinds(phases.forward).at(-1)).toBe('loss');
    expect(phases.forward.some((op) => op.kind === 'loss' && op.probabilities !== undefined)).toBe(
      false,
    );
  });
});

/** Runs one step of a Program from the same parameters, rows and moments. */
function step(executable: Executable, layers: readonly Layer[]): Map<string, number[]> {
  const { program, scalars } = executable;
  const net = network({ inputs: 3, layers, seed: 5 });
  for (const [name, values] of net.parameters()) {
    executable
      .view(name)
      .set(values.map((value, i) => (name.endsWith('bias') ? Math.fround(Math.sin(i)) : value)));
  }
  executable.view('window.x').forEach((_, i, x) => (x[i] = Math.sin(i * 1.3)));
  const last = program.outputs.forward.name;
  const outputs = columnsOf(program.outputs.forward);
  executable.view('window.target').forEach((_, i, y) => (y[i] = i % outputs === 0 ? 1 : 0));
  executable.view('window.weights').forEach((_, i, w) => (w[i] = 0.5 + (i % 3)));
  executable.view('rows').forEach((_, i, rows) => (rows[i] = (i * 3) % 20));
  for (const [name, base] of [
    ['firstMoments', 0.01],
    ['secondMoments', 0.02],
  ] as const) {
    executable.view(name).forEach((_, i, moments) => (moments[i] = base * (1 + (i % 5))));
  }
  const set = (values: Partial<Record<keyof typeof SCALARS, number>>): void => {
    for (const [slot, value] of Object.entries(values))
      scalars[SCALARS[slot as keyof typeof SCALARS]] = value;
  };
  set({
    rows: 5,
    rowOffset: 2,
    step: 4,
    seedLow: 7,
    seedHigh: 1,
    inverseWeightSum: 1 / 8,
    clipScale: 0.5,
    clipValue: Infinity,
  });
  set({
    stepSize: 0.01,
    denominatorScale: 3,
    epsilon: 1e-8,
    beta1: 0.9,
    oneMinusBeta1: 0.1,
    beta2: 0.999,
    oneMinusBeta2: 0.001,
  });
  set({ l1: 1e-3, l2: 1e-2, decay: 1e-3, firstCorrection: 3, secondCorrection: 5 });
  for (const phase of ['forward', 'backward', 'check', 'update'] as const)
    atOnce(executable.run(phase));
  const found = new Map<string, number[]>();
  for (const name of [
    'adjoints',
    'parameters',
    'firstMoments',
    'secondMoments',
    'rowLosses',
    last,
  ]) {
    const view = executable.view(name);
    found.set(
      name,
      Array.from(
        view.subarray(0, name === 'rowLosses' ? 5 : name === last ? 5 * outputs : view.length),
      ),
    );
  }
  found.set('scalars', [
    scalars[SCALARS.loss]!,
    scalars[SCALARS.normSquared]!,
    scalars[SCALARS.maxAbsolute]!,
  ]);
  return found;
}

describe.each(BACKENDS)('the fused Program on $name has the bits of the traced one', (backend) => {
  const bits = (
    purpose: 'train' | 'trace',
    layers: readonly Layer[],
    loss: LossKind,
  ): Map<string, number[]> => {
    const { precision } = backend;
    const window = { windowRows: 20, inputType: precision, scale: 1 } as const;
    const data = { ...window, targets: 'rows', weighted: true } as const;
    const program = lower(request(layers, { purpose, precision, data }, loss));
    const executable = backend.compile(program);
    const found = step(executable, layers);
    executable.close();
    return found;
  };

  it.each(ACTIVATION_KINDS)(
    'with %s in the middle, before a dropout and at the end',
    (activation) => {
      const layer = dense(9, { activation });
      const last = dense(2, { activation });
      for (const layers of [
        [layer, dense(17, { activation }), dropout(0.3), dense(3)],
        [dropout(0.5), dense(5, { activation, bias: false }), last],
        [layer, dropout(0.3), dropout(0.3), last, dropout(0.5)],
      ]) {
        const fused = bits('train', layers, 'huber');
        expect(fused).toEqual(bits('trace', layers, 'huber'));
        expect([...fused.values()].flat().every(Number.isFinite)).toBe(true);
        expect(fused.get('adjoints')!.some((one) => one !== 0)).toBe(true);
      }
    },
  );

  it.each(LOSS_KINDS)('with %s', (loss) => {
    for (const layers of [DEEP, [dense(2)]]) {
      const fused = bits('train', layers, loss);
      expect(fused).toEqual(bits('trace', layers, loss));
      expect(fused.get('adjoints')!.some((one) => one !== 0)).toBe(true);
    }
  });
});
