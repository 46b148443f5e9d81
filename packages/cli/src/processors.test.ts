import { expect, test } from 'vitest';
import { describeProcessors, findProcessors } from './processors.ts';

const MACHINE = { model: 'A processor', online: 8, affinity: 8, quota: null, counted: 8 };

test('the line about the processors names what limits the threads', () => {
  expect(describeProcessors(MACHINE)).toBe('A processor, 8 threads available');
  expect(describeProcessors({ ...MACHINE, affinity: 4, quota: 1.5, counted: 2 })).toBe(
    'A processor, 2 threads available (affinity mask: 4 of 8; CPU quota: 1.5)',
  );
  expect(describeProcessors({ ...MACHINE, quota: 0.25, counted: 1 })).toBe(
    'A processor, 1 thread available (CPU quota: 0.25)',
  );
});

test('this machine has at least one processor that counts', () => {
  const { online, affinity, counted } = findProcessors();
  expect(counted).toBeGreaterThanOrEqual(1);
  expect(counted).toBeLessThanOrEqual(affinity);
  expect(affinity).toBeLessThanOrEqual(online);
});
