/** The numerics of an estimator reach every Program of its training, and the plan that its file holds. */
import { expect, it } from 'vitest';
import type { Backend } from '../backends/contract.ts';
import { referenceBackend } from '../backends/reference/backend.ts';
import { registerBackend } from '../backends/registry.ts';
import { fromSafetensors, toSafetensors } from '../formats/model-file.ts';
import type { Program } from '../program/program.ts';
import { Classifier } from './classifier.ts';

const X = [[0], [1], [2], [3], [4], [5]];
const Y = [0, 0, 0, 1, 1, 1];

/** A backend of both numerics that notes with which a Program of training came. */
function noting(seen: string[]): Backend {
  const portable: Backend = {
    ...referenceBackend,
    name: 'noting',
    compile(program: Program) {
      if (program.purpose === 'train') seen.push(program.numerics);
      return referenceBackend.compile(program);
    },
  };
  return { ...portable, numerics: 'portable', fused: { ...portable, numerics: 'fused' } };
}

it('the numerics of the options are those of the training, and the file says so', async () => {
  const seen: string[] = [];
  registerBackend(noting(seen));
  const options = { backend: 'noting', maxIter: 1, hiddenLayerSizes: [2] } as const;
  await new Classifier(options).fit(X, Y);
  expect(new Set(seen)).toEqual(new Set(['portable']));
  seen.length = 0;
  const fused = await new Classifier({ ...options, numerics: 'fused' }).fit(X, Y);
  expect(new Set(seen)).toEqual(new Set(['fused']));
  const loaded = fromSafetensors(toSafetensors(fused)) as Classifier;
  expect(loaded.plan.numerics).toBe('fused');
});

it('other words are refused', () => {
  expect(() => new Classifier({ numerics: 'fast' as 'fused' })).toThrow(
    "Classifier: numerics 'fast' is unknown. Known: 'portable', 'fused'.",
  );
});
