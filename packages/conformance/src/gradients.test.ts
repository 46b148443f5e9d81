/**
 * Every gradient equals a finite difference in float64, on random networks with every activation and loss. With
 * VINCULUM_EXHAUSTIVE=1, as in `npm run check`, there are 300 networks instead of 42.
 */
import { describe, expect, it } from 'vitest';
import { ACTIVATION_KINDS, LAYER_KINDS, LOSS_KINDS, referenceBackend } from 'vinculum/internal';
import { COVERING_CASES, randomCase } from './random-network.ts';
import { compareGradients, numericGradient } from './stencil.ts';
import { Step } from './step.ts';

const NETS = process.env['VINCULUM_EXHAUSTIVE'] === '1' ? 300 : COVERING_CASES;

describe('gradients against the 5-point stencil, eq. (11)–(25), (34)', () => {
  it(
    `have every element within 1e-8·|n| + 1e-10 and the norm within 1e-9 on ${NETS} random networks`,
    { timeout: 600_000 },
    () => {
      const faults: string[] = [];
      let worstRatio = 0;
      let worstNorm = 0;
      for (let index = 0; index < NETS; index++) {
        const network = randomCase(index);
        const step = new Step(referenceBackend, network);
        const found = compareGradients(step.gradient(), numericGradient(step));
        step.close();
        const fine = found.worstRatio <= 1 && found.relativeNorm <= 1e-9 && found.norm > 0;
        if (!fine) faults.push(`${network.description}: ${JSON.stringify(found)}`);
        worstRatio = Math.max(worstRatio, found.worstRatio);
        worstNorm = Math.max(worstNorm, found.relativeNorm);
      }
      expect(faults).toEqual([]);
      process.stdout.write(
        `gradients of ${NETS} networks: worst element at ${worstRatio.toFixed(3)} of what is allowed, worst ‖a − n‖/‖n‖ ${worstNorm.toExponential(2)}\n`,
      );
    },
  );

  it('are computed for every kind of layer', () => {
    const kinds = Array.from({ length: COVERING_CASES }, (_, index) =>
      randomCase(index).spec.layers.map(({ kind }) => kind),
    );
    expect(new Set(kinds.flat())).toEqual(new Set(LAYER_KINDS));
  });

  it('are computed for every activation with every loss', () => {
    const pairs = new Set<string>();
    for (let index = 0; index < COVERING_CASES; index++) {
      const { spec, loss } = randomCase(index);
      for (const layer of spec.layers) {
        if (layer.kind === 'dense') pairs.add(`${layer.activation.kind} ${loss.kind}`);
      }
    }
    expect(pairs.size).toBe(ACTIVATION_KINDS.length * LOSS_KINDS.length);
  });
});
