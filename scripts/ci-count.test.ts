/** CI counts each test that ran once, and a file that did not load as a failure. */
import { expect, test } from 'vitest';
import { countTests } from './ci-count.mjs';

const file = (name: string, ...statuses: string[]): object => ({
  name,
  status: statuses.length === 0 ? 'failed' : 'passed',
  assertionResults: statuses.map((status, i) => ({ fullName: `test ${i}`, status })),
});
const report = (...testResults: object[]): Parameters<typeof countTests>[0][number] =>
  JSON.parse(JSON.stringify({ testResults })) as Parameters<typeof countTests>[0][number];

test('a test that ran twice counts once, and counts as failed if it failed once', () => {
  const first = report(file('a', 'passed', 'passed'), file('b', 'passed'));
  const second = report(file('a', 'passed', 'failed'));
  expect(countTests([first, second])).toEqual({ passed: 2, failed: 1, skipped: 0 });
});

test('a file that did not load counts as one failure', () => {
  expect(countTests([report(file('a'))])).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a test counts as skipped only if it never ran', () => {
  const counts = countTests([
    report(file('a', 'skipped', 'skipped')),
    report(file('a', 'passed', 'skipped')),
  ]);
  expect(counts).toEqual({ passed: 1, failed: 0, skipped: 1 });
});

test('without reports every count is 0', () => {
  expect(countTests([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
});
