/**
 * Whole networks on a backend against the reference: every tensor of a traced step is within the running error
 * bound of `bounds.ts`, and the fused Program gives the same bits as the traced one.
 */
import { describe, expect, it } from 'vitest';
import { type Backend, dense, type NetworkSpec } from 'vinculum';
import {
  ACTIVATION_KINDS,
  layoutOf,
  LOSS_KINDS,
  predictionLayers,
  readLoss,
  referenceBackend,
} from 'vinculum/internal';
import { FLOAT32, FLOAT64 } from './bound-access.ts';
import { Bounds } from './bounds.ts';
import { Draws } from './draws.ts';
import { beyondBound, differingBits } from './faults.ts';
import { COVERING_CASES, randomCase } from './random-network.ts';
import { Step, type Case } from './step.ts';

/** Sizes around the tiles and vectors of the kernels, and around their blocks of k. */
const SIZES = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 127, 257] as const;

const SIZED_CASES = 60;

function rounded(values: Float64Array): Float64Array {
  return values.map((value) => Math.fround(value));
}

/** A case whose numbers a float32 backend holds exactly. */
export function inFloat32(network: Case): Case {
  return {
    ...network,
    parameters: rounded(network.parameters),
    x: rounded(network.x),
    target: network.target instanceof Int32Array ? network.target : rounded(network.target),
    ...(network.rowWeights && { rowWeights: rounded(network.rowWeights) }),
  };
}

/** A two-layer network of the given sizes with ordinary numbers. */
export function sizedCase(seed: number, sizes: readonly [number, number, number, number]): Case {
  const [rows, inputs, hidden, outputs] = sizes;
  const draws = new Draws(seed);
  const activation = ACTIVATION_KINDS[seed % ACTIVATION_KINDS.length]!;
  const spec: NetworkSpec = {
    inputs,
    layers: [dense(hidden, { activation }), dense(outputs)],
    seed: 0,
    dtype: 'float32',
  };
  const layout = layoutOf(spec);
  const parameters = draws.array(layout.parameterCount, () => draws.uniform(-0.5, 0.5));
  for (const { shape, offset, size } of layout.parameters) {
    const [, fanIn] = shape;
    if (fanIn === undefined) continue;
    const bound = Math.sqrt(3 / fanIn);
    for (let j = 0; j < size; j++) parameters[offset + j] = draws.uniform(-bound, bound);
  }
  const kind = LOSS_KINDS[seed % LOSS_KINDS.length]!;
  return inFloat32({
    spec,
    loss: readLoss('test', kind),
    parameters,
    rows,
    x: draws.array(rows * inputs, () => draws.normal()),
    target:
      kind === 'softmax-cross-entropy'
        ? Int32Array.from({ length: rows }, () => draws.integer(0, outputs - 1))
        : draws.array(rows * outputs, () => draws.integer(0, 1)),
    seed: 1,
    step: 1,
  });
}

/** Every fault of one case on a backend: results of the traced step beyond their bound, and bits of the fused step that differ. */
function networkFaults(backend: Backend, label: string, network: Case): string[] {
  const roundoff = backend.precision === 'float32' ? FLOAT32 : FLOAT64;
  const expected = new Step(referenceBackend, network, { purpose: 'trace' });
  expected.run('forward', 'backward');
  const bounds = new Bounds(expected, roundoff);
  const traced = new Step(backend, network, { purpose: 'trace' }).run('forward', 'backward');
  const fused = new Step(backend, network).run('forward', 'backward');
  const faults = bounds.names().flatMap((name) => {
    const limits = bounds.of(traced.program.tensors.get(name)!);
    return beyondBound(
      `${label}: ${name}`,
      traced.values(name),
      expected.values(name),
      (j) => limits[j]!,
    );
  });
  faults.push(
    ...beyondBound(
      `${label}: loss`,
      [traced.scalar('loss')],
      [expected.scalar('loss')],
      () => bounds.lossBound,
    ),
    ...differingBits(`${label}: fused loss`, [fused.scalar('loss')], [traced.scalar('loss')]),
    ...differingBits(
      `${label}: fused gradient`,
      fused.values('adjoints'),
      traced.values('adjoints'),
    ),
  );
  for (const step of [expected, traced, fused]) step.close();
  return faults;
}

export function suiteOfNetworks(backend: Backend): void {
  describe('whole networks, eq. (6)–(10), (19)–(25), against the reference', () => {
    it('on random networks, every tensor is within the running error bound, and trace and train have the same bits', () => {
      const faults: string[] = [];
      for (let index = 0; index < COVERING_CASES; index++) {
        const network = randomCase(index);
        faults.push(...networkFaults(backend, network.description, inFloat32(network)));
      }
      expect(faults).toEqual([]);
    });

    it('sizes around every tile and vector stay within the bound', () => {
      const faults: string[] = [];
      const draws = new Draws(77);
      for (let turn = 0; turn < SIZED_CASES; turn++) {
        const size = (): number => draws.choice(SIZES);
        const sizes = [size(), size(), size(), size()] as const;
        faults.push(...networkFaults(backend, sizes.join(' × '), sizedCase(turn, sizes)));
      }
      expect(faults).toEqual([]);
    });

    it('long dot products and many rows, across the blocks of k, stay within the bound', () => {
      const shapes = [
        [3, 1025, 9, 2],
        [2, 2049, 17, 3],
        [1025, 5, 8, 3],
        [130, 784, 33, 10],
      ] as const;
      const faults = shapes.flatMap((sizes, turn) =>
        networkFaults(backend, sizes.join(' × '), sizedCase(1000 + turn * 10, sizes)),
      );
      expect(faults).toEqual([]);
    });

    it('a second backward pass gives the same bits', () => {
      const step = new Step(backend, inFloat32(randomCase(3)));
      const first = step.gradient();
      expect(differingBits('gradient', step.gradient(), first)).toEqual([]);
      step.close();
    });

    it('evaluate is the forward pass without dropout, eq. (34)', () => {
      const network = inFloat32(randomCase(10));
      const layers = predictionLayers(network.spec.layers);
      const plain = new Step(backend, { ...network, spec: { ...network.spec, layers } });
      const step = new Step(backend, network).run('evaluate');
      plain.run('forward');
      expect(network.spec.layers.length).toBeGreaterThan(layers.length);
      expect(differingBits('loss', [step.scalar('loss')], [plain.scalar('loss')])).toEqual([]);
      step.close();
      plain.close();
    });
  });
}
