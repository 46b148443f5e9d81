/**
 * Every gradient equals a finite difference, on float64: random networks over every activation and loss. The
 * environment variable VINCULUM_GRADIENT_NETS sets how many networks are drawn (30; 300 in `npm run check`).
 */
import { describe, expect, it } from 'vitest';
import { ACTIVATION_KINDS } from '../../core/src/activations/activation.ts';
import { referenceBackend } from '../../core/src/backends/reference/backend.ts';
import { LOSS_KINDS } from '../../core/src/losses/loss.ts';
import { COVERING_CASES, randomCase } from './random-network.ts';
import { compareGradients, numericGradient } from './stencil.ts';
import { Step } from './step.ts';

const NETS = Number(process.env['VINCULUM_GRADIENT_NETS'] ?? COVERING_CASES);

describe('gradients against the 5-point stencil, eq. (11)–(25), (34)', () => {
  it(`${NETS} random networks: every element within 1e-8·|n| + 1e-10, the norm within 1e-9`, () => {
    const worst = { ratio: 0, relativeNorm: 0, ratioCase: '', normCase: '' };
    for (let index = 0; index < NETS; index++) {
      const network = randomCase(index);
      const step = new Step(referenceBackend, network);
      const analytic = step.gradient();
      const found = compareGradients(analytic, numericGradient(step));
      step.close();
      expect(
        found.worstRatio,
        `${network.description}, element ${found.worstIndex}`,
      ).toBeLessThanOrEqual(1);
      expect(found.relativeNorm, network.description).toBeLessThanOrEqual(1e-9);
      expect(
        analytic.some((value) => value !== 0),
        `all zero: ${network.description}`,
      ).toBe(true);
      if (found.worstRatio > worst.ratio) {
        worst.ratio = found.worstRatio;
        worst.ratioCase = network.description;
      }
      if (found.relativeNorm > worst.relativeNorm) {
        worst.relativeNorm = found.relativeNorm;
        worst.normCase = network.description;
      }
    }
    process.stdout.write(`${JSON.stringify(worst)}\n`);
  });

  it('the random networks cover every activation with every loss', () => {
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
