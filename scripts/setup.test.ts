/**
 * `npm start` and `npm test` install if a package of the lock file is missing or has another version. Links to packages
 * of the repository are made without npm.
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

test('nothing is installed if every package is present in its version, except builds for other machines', () => {
  const present = { 'node_modules/a': { version: '1.0.0' } };
  expect(holdsPackages(present, wanted)).toBe(true);
});

test('a missing package or another version needs an installation', () => {
  expect(holdsPackages({}, wanted)).toBe(false);
  const other = { 'node_modules/a': { version: '1.0.1' } };
  expect(holdsPackages(other, wanted)).toBe(false);
});
