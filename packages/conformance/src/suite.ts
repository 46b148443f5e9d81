/**
 * The suite that every backend must pass, as a function of the backend. It checks that each op and whole networks agree
 * with the float64 reference within a running error bound, that rows do not depend on each other, that a NaN stays
 * visible, that extreme logits give right losses, and that dropout masks are the same on every backend.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from 'vinculum';
import { suiteOfCategories } from './suite-categories.ts';
import { suiteOfColumns } from './suite-columns.ts';
import { suiteOfElements } from './suite-elementwise.ts';
import { suiteOfLimits } from './suite-limits.ts';
import { suiteOfLosses } from './suite-losses.ts';
import { suiteOfNetworks } from './suite-networks.ts';
import { suiteOfNormalization } from './suite-normalization.ts';
import { suiteOfOps } from './suite-ops.ts';
import { suiteOfPeriodic } from './suite-periodic.ts';
import { suiteOfRows } from './suite-rows.ts';
import { suiteOfUpdates } from './suite-updates.ts';

/**
 * Declares the tests of one backend.
 *
 * @param name - the name of the backend, which must be available
 * @param backend - the backend that the registry has under that name. If it is undefined or unavailable, a test fails;
 *   nothing is skipped.
 */
export function conformanceSuite(name: string, backend: Backend | undefined): void {
  describe(`backend ${name}`, () => {
    it('is registered and available', () => {
      expect(backend?.name).toBe(name);
      expect(backend?.unavailable()).toBeUndefined();
      expect(backend?.describe()).toContain(name);
    });
    if (backend === undefined || backend.unavailable() !== undefined) return;
    suiteOfElements(backend);
    suiteOfColumns(backend);
    suiteOfNormalization(backend);
    suiteOfPeriodic(backend);
    suiteOfCategories(backend);
    suiteOfOps(backend);
    suiteOfLosses(backend);
    suiteOfUpdates(backend);
    suiteOfLimits(backend);
    suiteOfNetworks(backend);
    suiteOfRows(backend);
  });
}
