import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';

test('quotes words for a shell', () => {
  expect(shellWord('data/x.csv')).toBe('data/x.csv');
  expect(shellWord("it's here")).toBe(String.raw`'it'\''s here'`);
  expect(shellWord('')).toBe("''");
});
