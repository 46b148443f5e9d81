/** The check finds an import circle of each kind of import, and a circle of several files. */
import { expect, test } from 'vitest';
import { circlesOf, importsOf, judgeCircles } from './import-circles.mjs';

test.each([
  ["import { b } from './b.ts';"],
  ["import type { B } from './b.ts';"],
  ["import {\n  b,\n  type C,\n} from './b.ts';"],
  ["export * from './b.ts';"],
  ["export type { B } from './b.ts';"],
  ["const b = await import('./b.ts');"],
  ["type B = import('./b.ts').B;"],
  ["import './b.ts';"],
])('%s counts', (text) => {
  expect(importsOf('packages/a/src/a.ts', text)).toEqual(['packages/a/src/b.ts']);
  expect(
    judgeCircles(
      new Map([
        ['packages/a/src/a.ts', text],
        ['packages/a/src/b.ts', "export { a } from '../src/a.ts';"],
      ]),
    ),
  ).toEqual([
    'packages/a/src/a.ts: an import circle of 2 files: packages/a/src/a.ts, packages/a/src/b.ts.',
  ]);
});

test('imports in comments and imports of packages do not count', () => {
  expect(
    importsOf('a.ts', "/** import('./b.ts') */\n// from './b.ts'\nimport 'vinculum';"),
  ).toEqual([]);
});

test('all files of a circle are found, and no file of a chain beside it', () => {
  const graph = new Map([
    ['start', ['a', 'end']],
    ['a', ['b']],
    ['b', ['c', 'end']],
    ['c', ['a']],
    ['end', []],
    ['self', ['self']],
  ]);
  expect(circlesOf(graph)).toEqual([['a', 'b', 'c'], ['self']]);
});
