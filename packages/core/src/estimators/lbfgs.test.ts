import { describe, expect, it } from 'vitest';
import { fromSafetensors, toSafetensors } from '../formats/model-file.ts';
import type { EpochRecord } from '../train/history.ts';
import { Classifier } from './classifier.ts';
import { Regressor } from './regressor.ts';

const X = Array.from({ length: 40 }, (_, i) => [
  (i % 7) - 3,
  ((i * 5) % 11) - 5,
  ((i * i) % 5) - 2,
]);
const LABELS = X.map(([a, b, c]) => Number(a! + 0.5 * b! - c! > 0) + Number(a! * c! > 1));
const NUMBERS = X.map(([a, b, c]) => (2 * a! - b! + 0.1 * c! ** 3) / 5);
const PLAIN = { solver: 'lbfgs', standardize: false, tol: 1e-6, maxIter: 2000 } as const;

/** The loss with its penalty at the end, as scikit-learn has it. */
function endOf(model: { readonly history: { readonly epochs: readonly EpochRecord[] } }): number {
  const { loss, penalty } = model.history.epochs.at(-1)!;
  return loss + penalty;
}

function bitsOf(model: {
  readonly network: { parameters(): Map<string, ArrayLike<number>> };
}): number[] {
  return [...model.network.parameters().values()].flatMap((values) => Array.from(values));
}

// The numbers below are those of scikit-learn 1.9.1 with solver='lbfgs', tol=1e-9 and max_iter=10000 on the same rows.
describe("solver 'lbfgs'", () => {
  it("reaches scikit-learn's loss of a convex problem, whose minimum is one", async () => {
    const options = { ...PLAIN, hiddenLayerSizes: [], alpha: 1 };
    const classifier = await new Classifier(options).fit(X, LABELS);
    expect(endOf(classifier)).toBeCloseTo(0.579526708341546, 6);
    const exact = { ...options, backend: 'reference', tol: 1e-8 } as const;
    expect(endOf(await new Classifier(exact).fit(X, LABELS))).toBeCloseTo(0.579526708341546, 9);
    const regressor = await new Regressor({ ...options, standardizeTarget: false }).fit(X, NUMBERS);
    expect(endOf(regressor) / 2).toBeCloseTo(0.0028834759555249052, 8);
    const weights = [0.3980876825258294, -0.19938937213954117, 0.07086957281105738];
    for (const [i, one] of weights.entries()) {
      expect(regressor.network.parameters().get('layers.0.weight')![i]).toBeCloseTo(one, 4);
    }
    expect(classifier.history.stoppedBy).toBe('converged');
  });

  it('reaches the losses that scikit-learn reaches with a hidden layer', async () => {
    const ends: number[] = [];
    for (let randomState = 0; randomState < 8; randomState++) {
      const options = { ...PLAIN, hiddenLayerSizes: 6, activation: 'tanh', alpha: 0.1 } as const;
      ends.push(endOf(await new Classifier({ ...options, randomState }).fit(X, LABELS)));
    }
    // There are several minima. Of 20 seeds of scikit-learn the least loss is 0.09336, the median 0.09709, the largest 0.10784.
    expect(Math.min(...ends)).toBeGreaterThan(0.091);
    expect(Math.min(...ends)).toBeLessThan(0.0955);
    expect(Math.max(...ends)).toBeLessThan(0.1085);
  });

  it('has the same bits on every float32 backend, and a loss that falls in each iteration', async () => {
    const options = { ...PLAIN, hiddenLayerSizes: 6, maxIter: 25 } as const;
    const one = await new Regressor({ ...options, backend: 'wasm', threads: 1 }).fit(X, NUMBERS);
    const other = await new Regressor({ ...options, threads: 3 }).fit(X, NUMBERS);
    expect(bitsOf(other)).toEqual(bitsOf(one));
    expect(one.history).toMatchObject({ stoppedBy: 'epochs', bestEpoch: 25 });
    const objective = one.history.epochs.map(({ loss, penalty }) => loss + penalty);
    expect(objective).toEqual(objective.toSorted((a, b) => b - a));
    expect(one.nIter).toBe(25);
  });

  it('takes weights and ensembles, goes on with warmStart, and is kept by a file', async () => {
    const options = { ...PLAIN, hiddenLayerSizes: 4, maxIter: 6, members: 2 } as const;
    const sampleWeight = X.map((_, i) => i % 2);
    const model = await new Classifier({ ...options, warmStart: true }).fit(X, LABELS, {
      sampleWeight,
    });
    const half = X.filter((_, i) => i % 2 === 1);
    const labels = LABELS.filter((_, i) => i % 2 === 1);
    const same = await new Classifier(options).fit(half, labels);
    // The penalty is divided by the number of rows, those of weight 0 included.
    expect(model.history.epochs[0]!.loss).toBeCloseTo(same.history.epochs[0]!.loss, 3);
    expect(model.networks).toHaveLength(2);
    const before = endOf(model);
    expect(endOf(await model.fit(X, LABELS, { sampleWeight }))).toBeLessThan(before);
    expect(fromSafetensors(toSafetensors(model))).toMatchObject({
      plan: { lbfgs: { memory: 10 } },
    });
  });

  it('ends with the signal, and at maxFun', async () => {
    const signal = { aborted: false };
    const onProgress = (): void => void (signal.aborted = true);
    const options = { ...PLAIN, hiddenLayerSizes: 4 } as const;
    const stopped = await new Regressor({ ...options, signal, onProgress }).fit(X, NUMBERS);
    expect(stopped.history).toMatchObject({ stoppedBy: 'abort', epochs: [{ epoch: 1 }] });
    const few = await new Regressor({ ...options, maxFun: 4 }).fit(X, NUMBERS);
    expect(few.nIter).toBeLessThan(4);
  });

  it.each([
    ['dropout', { dropout: 0.1 }],
    ['earlyStopping', { earlyStopping: true }],
    ['clip', { clip: { globalNorm: 1 } }],
    ['maxNorm', { maxNorm: 1 }],
    ['callbacks', { callbacks: [{}] }],
    ['earlyStopping', { preset: 'fast' }],
  ] as const)('refuses %s, which would have no effect', async (name, more) => {
    expect(() => new Classifier({ solver: 'lbfgs', ...more })).toThrow(
      `Classifier: ${name} must go with solver 'adam' or 'sgd'; got solver 'lbfgs'.`,
    );
    await expect(new Regressor({ solver: 'lbfgs' }).partialFit(X, NUMBERS)).rejects.toThrow(
      /Regressor\.partialFit: partialFit must go with solver 'adam' or 'sgd'/,
    );
  });
});
