import { expect, test } from 'vitest';
import { judgeNames, knownFiles, proseOf } from './check-names.mjs';

const isKnown = knownFiles(['packages/core/src/train/fit.ts', 'packages/kernels/src/team.c']);
const judge = (text: string, path = 'packages/core/src/a.ts'): string[] =>
  judgeNames(path, text, isKnown);

test('a file may be named from the root, by its last parts, or from the file that names it', () => {
  const known = ['packages/core/src/train/fit.ts', 'train/fit.ts', 'team.c', './train/fit.ts'];
  for (const name of known) expect(judge(`// See ${name}.`)).toEqual([]);
});

test.each(['train/fir.ts', 'run.c', '../fit.ts', 'data/matrix.ts'])(
  'a name without a file is a fault with its line: %s',
  (name) => {
    expect(judge(`const a = 1;\n/** As in ${name}. */`)).toEqual([
      `packages/core/src/a.ts:2: there is no file ${name}.`,
    ]);
  },
);

test('generated files, patterns and files of other projects are not checked', () => {
  const text =
    '// kernels.generated.ts, *.test.ts, <name>.ts, keras/src/optimizers/adam_test.py, e.g.';
  expect(judge(text)).toEqual([]);
});

test('only the comments of programs and the prose of documents are read', () => {
  expect(judge("import { a } from './gone.ts'; const b = 'gone.c';")).toEqual([]);
  expect(proseOf('a.md', 'See x.ts\n```ts\ngone.ts\n```\nend')).toEqual([
    'See x.ts',
    '',
    '',
    '',
    'end',
  ]);
  expect(proseOf('a.py', 'x = 1  # see a.ts')).toEqual([' see a.ts']);
});
