/**
 * When `npm start` and `npm test` install: whenever a package of the lock is missing or of another version. Links to
 * packages of the repository are made without npm.
 */
import { expect, test } from 'vitest';
import { holdsPackages } from './setup.mjs';

const wanted = {
  '': {},
  'packages/core': { version: '0.1.0' },
  'node_modules/vinculum': { link: true, resolved: 'packages/core' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/other-machine': { version: '1.0.0', optional: true },
};

test('what is there at its version is enough, without builds for other machines', () => {
  const present = { 'node_modules/a': { version: '1.0.0' } };
  expect(holdsPackages(present, wanted)).toBe(true);
});

test('a missing package and another version are not', () => {
  expect(holdsPackages({}, wanted)).toBe(false);
  const other = { 'node_modules/a': { version: '1.0.1' } };
  expect(holdsPackages(other, wanted)).toBe(false);
});
