/** The examples of documents and docstrings are found, and their comments become checks that can fail. */
import { expect, test } from 'vitest';
import { same, printed, throws } from './claims.ts';
import { asModule, docstringSnippets, markdownSnippets } from './snippets.ts';

const module = (code: string): string =>
  asModule(
    { place: 'a.md:1', code, source: 'a.ts', runs: true },
    new Map([['./a.ts', ['double', 'net']]]),
    ['net', 'x'],
    '.',
  );

test('a block without imports continues the block before it, and a block with imports is an example of its own', () => {
  const text =
    "# A\n```ts\nimport { a } from 'b';\n```\n```ts\na();\n```\n```ts no-run\nc();\n```\n```js\nd();\n```\n";
  const found = markdownSnippets('a.md', text);
  expect(found.map(({ code, runs }) => [code, runs])).toEqual([
    ["import { a } from 'b';\na();\n", true],
    ['c();\n', false],
  ]);
  expect(found[0]?.place).toBe('a.md:3');
});

test('an example of a docstring ends at the next tag, at the source or at the end', () => {
  const text =
    '/**\n * Doubles.\n *\n * @example\n * double(2); // 4\n *\n * Source: us.\n */\n/**\n * @example\n * double(3);\n */\n';
  const found = docstringSnippets('a.ts', text, /3/);
  expect(found.map(({ code, runs }) => [code.trim(), runs])).toEqual([
    ['double(2); // 4', true],
    ['double(3);', false],
  ]);
});

test('a claim in a comment becomes a check', () => {
  expect(module('double(2); // 4\n')).toContain('same(double(2), 4);');
  expect(module("console.log('a', 1); // a 1\n")).toContain('printed("a 1", \'a\', 1);');
  expect(module('double();\n// TypeError: no.\n')).toContain(
    'await throws(async () => double(), \'TypeError\', "no."); /* throws */',
  );
  expect(module('double(\n  2,\n); // 4\n')).toContain('same(double( 2, ), 4);');
  expect(module('double(2); // what a number\n')).toContain('double(2); // what a number');
  expect(module('const four = double(2); // 4\n')).toContain('const four = double(2); // 4');
});

test('a name that the example does not declare comes from the file, or else from the context', () => {
  expect(module('double(net, x);\n')).toMatch(/import \{ double, net \} from '.\/a.ts'/);
  expect(module('double(x);\n')).toContain('const x = await context.x();');
  expect(module('const x = 1;\ndouble(x);\n')).not.toContain('const x = await context.x();');
});

test('a false claim fails', async () => {
  expect(() => same(1, 2)).toThrow(/1/);
  expect(() => printed('a 1', 'a', 2)).toThrow(/a 2/);
  await expect(throws(() => undefined, 'TypeError', 'no.')).rejects.toThrow(/must throw/);
  const other = (): never => {
    throw new TypeError('yes.');
  };
  await expect(throws(other, 'TypeError', 'no.')).rejects.toThrow(/yes/);
  await expect(throws(other, 'TypeError', 'ye…')).resolves.toBeUndefined();
});
