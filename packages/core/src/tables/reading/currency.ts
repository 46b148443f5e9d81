/** A currency before or behind the number: `$1,173.38`, `1 250,30 €`, `USD 12`, `R$ 5`, `99 kr`. */
import type { Decoration } from './decoration.ts';

const NAME = String.raw`(?:[A-Z]{1,3})?\p{Sc}|[A-Z]{3}|kr\.?|zł|Kč|Ft|lei|Rs\.?`;
const BEFORE = new RegExp(String.raw`^(${NAME})\s*(?=[\d.,(+\-\u2212])`, 'u');
const BEHIND = new RegExp(String.raw`(?<=[\d.,)])\s*(${NAME})$`, 'u');

export const CURRENCY: Decoration = {
  title: 'a currency',
  remove(text) {
    const before = BEFORE.exec(text);
    if (before !== null) return { rest: text.slice(before[0].length), unit: before[1]! };
    const behind = BEHIND.exec(text);
    return behind === null ? undefined : { rest: text.slice(0, behind.index), unit: behind[1]! };
  },
};
