/** The link check follows links to files and headings, and ignores code and web addresses. */
import { expect, test } from 'vitest';
import { anchorOf, judgeLinks } from './check-docs.mjs';

const read = (path: string): string | undefined =>
  path === 'docs/b.md' ? '# One two\n\n## The `fit` options\n' : undefined;

test('the anchor of a heading is the one that GitHub makes', () => {
  expect(anchorOf('The `fit` options, in short')).toBe('the-fit-options-in-short');
});

test('a link to a file or heading that exists is no fault', () => {
  const text = '[a](b.md) [b](b.md#one-two) [c](./b.md#the-fit-options) [d](https://example.org/x)';
  expect(judgeLinks('docs/a.md', text, read)).toEqual([]);
  expect(judgeLinks('docs/a.md', '`[a](none.md)`\n```\n[b](none.md)\n```\n', read)).toEqual([]);
});

test('a link to a file or heading that does not exist is a fault', () => {
  expect(judgeLinks('docs/a.md', '[a](none.md)', read)).toHaveLength(1);
  expect(judgeLinks('docs/a.md', '[a](b.md#three)', read)).toHaveLength(1);
  expect(judgeLinks('docs/a.md', '[a](#three)', read)).toHaveLength(1);
});
