/** docs/errata.md names every test that executes a slip, and no other. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the tests that errata.md names are those of the conformance package', () => {
  const named = Array.from(read('errata.md').matchAll(/^- `(eq\. .+)`$/gm), (match) => match[1]);
  const source = read('../packages/conformance/src/errata.test.ts');
  const run = Array.from(source.matchAll(/^ {2}it\((['"])(eq\. .+)\1, /gm), (match) => match[2]);
  expect(run.length).toBeGreaterThan(12);
  expect(named).toEqual(run);
});
