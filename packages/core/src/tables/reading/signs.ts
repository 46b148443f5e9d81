/** The sign of a number: before it, behind it (as SAP writes it), or as parentheses (as accountants write a loss). */
import type { Decoration } from './decoration.ts';

const BEFORE = /^([+\-\u2212])\s*(?=[^\s+\-\u2212])/;
const BEHIND = /(?<=\d)\s*[-\u2212]$/;
const PARENTHESES = /^\(\s*(.*\d.*?)\s*\)$/;

export const SIGNS: Decoration = {
  title: 'a sign',
  remove(text) {
    const before = BEFORE.exec(text);
    if (before !== null) {
      return { rest: text.slice(before[0].length), negative: before[1] !== '+' };
    }
    const inside = PARENTHESES.exec(text)?.[1];
    if (inside !== undefined) return { rest: inside, negative: true };
    return BEHIND.test(text) ? { rest: text.replace(BEHIND, ''), negative: true } : undefined;
  },
};
