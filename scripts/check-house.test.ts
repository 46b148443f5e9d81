/** Each rule of `check-house.mjs` is tested with an input that breaks it and one that does not. */
import { expect, test } from 'vitest';
import { judgeFile, judgeLock } from './check-house.mjs';

test('a source file may have 330 lines, not 331', () => {
  expect(judgeFile('packages/core/src/a.ts', 'x\n'.repeat(330))).toEqual([]);
  expect(judgeFile('packages/core/src/a.ts', 'x\n'.repeat(331))).toEqual([
    'packages/core/src/a.ts: a file must be at most 330 lines; got 331.',
  ]);
  expect(judgeFile('packages/core/src/a.test.ts', 'x\n'.repeat(900))).toEqual([]);
});

test('a check that is switched off is reported with its line', () => {
  for (const line of ['// oxlint-disable-next-line', '// @ts-ignore', 'a as any', 'test.skip(']) {
    expect(judgeFile('a.ts', `\n${line}\n`)).toEqual(['a.ts:2: a check is switched off here.']);
  }
  expect(judgeFile('a.ts', 'const company = skip.only;\n')).toEqual([]);
});

test('build output is refused', () => {
  expect(judgeFile('packages/core/dist/index.js', '')).toHaveLength(1);
  expect(judgeFile('kernels.wasm', '')).toHaveLength(1);
});

test('the lock file may name workspaces but no download addresses', () => {
  const lock = (entry: object): string => JSON.stringify({ packages: { 'node_modules/a': entry } });
  expect(judgeLock(lock({ resolved: 'packages/a', link: true }))).toEqual([]);
  expect(judgeLock(lock({ version: '1.0.0' }))).toEqual([]);
  expect(judgeLock(lock({ resolved: 'https://example.org/a.tgz' }))).toHaveLength(1);
});
