/** The equation check reads citations as people write them, and fails for a missing or an unknown number. */
import { expect, test } from 'vitest';
import { citedEquations, countEquations, judgeCitations } from './check-equations.mjs';

test('single citations, lists and ranges are read', () => {
  const read = (text: string): number[] => [...citedEquations(text)].toSorted((a, b) => a - b);
  expect(read('by eq. (13).')).toEqual([13]);
  expect(read('eqs. (26)–(28) and eq. (29)')).toEqual([26, 27, 28, 29]);
  expect(read('Eq. (14), (15)')).toEqual([14, 15]);
  expect(read('eq. (7) and (9)')).toEqual([7, 9]);
  expect(read('sequence (3), frequency. (4)')).toEqual([]);
});

const everything = 'eqs. (1)–(34)';

test('there is no fault if every equation is cited everywhere', () => {
  const texts = new Map([['a', everything]]);
  expect(judgeCitations({ document: texts, source: texts, test: texts }, 34)).toEqual([]);
});

test('an equation that no test cites and a number that does not exist are faults', () => {
  const texts = new Map([['a', everything]]);
  const faults = judgeCitations(
    {
      document: texts,
      source: new Map([['b.ts', `${everything} eq. (35)`]]),
      test: new Map([['c.test.ts', 'eqs. (1)–(12), (14)–(34)']]),
    },
    34,
  );
  expect(faults).toEqual([
    'b.ts: cites eq. (35); there are 34 equations.',
    'no test cites eq. (13)',
  ]);
});

test('the equations are counted by the headings of the document', () => {
  expect(countEquations('# A\n\n### eq. (1) One\n\nsee eq. (7)\n\n### eq. (2) Two\n')).toBe(2);
});
