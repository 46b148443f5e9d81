/** The lists of words and values in messages. */
import { describe, expect, test } from 'vitest';
import { listed, showAll } from './messages.ts';

describe('listed', () => {
  test('writes words as a list in a sentence', () => {
    expect(listed([])).toBe('');
    expect(listed(['a'])).toBe('a');
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
    expect(listed(['a', 'b', 'c'], { last: 'or' })).toBe('a, b or c');
  });

  test('says how many words it leaves out', () => {
    expect(listed(['a', 'b', 'c'], { most: 2 })).toBe('a, b and 1 more');
    expect(listed(Array.from({ length: 15 }, (_, i) => String(i)))).toMatch(/, 11 and 3 more$/);
  });
});

test('showAll writes values as messages show them, and stops after 32', () => {
  expect(showAll(['a', 1, true])).toBe("'a', 1, true");
  expect(showAll(Array.from({ length: 40 }, (_, i) => i))).toMatch(/, 31, …$/);
});
