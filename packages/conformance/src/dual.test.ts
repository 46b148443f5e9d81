/**
 * Gradients against their second oracle: the slope along a random direction equals the one that dual numbers give, to 1e-12.
 */
import { describe, expect, it } from 'vitest';
import { referenceBackend } from 'vinculum/internal';
import { Draws } from './draws.ts';
import { dualLoss } from './dual-network.ts';
import { COVERING_CASES, randomCase } from './random-network.ts';
import { Step } from './step.ts';

const NETS = process.env['VINCULUM_EXHAUSTIVE'] === '1' ? 500 : 4 * COVERING_CASES;

describe('gradients against dual numbers, eq. (11)–(25), (34)', () => {
  it(
    `are within 1e-12 on ${NETS} random networks, three directions each`,
    { timeout: 600_000 },
    () => {
      const faults: string[] = [];
      let worst = 0;
      for (let index = 0; index < NETS; index++) {
        const network = randomCase(index);
        const step = new Step(referenceBackend, network);
        const gradient = step.gradient();
        const draws = new Draws(index);
        for (let turn = 0; turn < 3; turn++) {
          const direction = gradient.map(() => draws.uniform(-1, 1));
          const dual = dualLoss(network, direction);
          const terms = gradient.map((value, j) => value * direction[j]!);
          const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
          const slope = terms.reduce((sum, term) => sum + term, 0);
          const error = Math.abs(slope - dual.slope) / size;
          const lossError = Math.abs(step.loss() - dual.value) / Math.abs(dual.value);
          worst = Math.max(worst, error);
          // A negated comparison, so that a NaN is a fault too.
          if (!(error <= 1e-12 && lossError <= 1e-12)) {
            faults.push(
              `${network.description}: slope ${slope} for ${dual.slope}, loss ${lossError}`,
            );
          }
        }
        step.close();
      }
      expect(faults).toEqual([]);
      process.stdout.write(
        `gradients of ${NETS} networks against dual numbers: worst ${worst.toExponential(2)}\n`,
      );
    },
  );
});
