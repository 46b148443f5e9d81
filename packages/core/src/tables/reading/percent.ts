/** A percent sign behind the number, with or without a space: `38.8%`, `12.5 %`. The value stays in percent: 38.8, not 0.388. */
import type { Decoration } from './decoration.ts';

const PERCENT = /\s*([%\u2030])$/;

export const PERCENT_SIGN: Decoration = {
  title: 'a percent sign',
  remove(text) {
    const found = PERCENT.exec(text);
    return found === null ? undefined : { rest: text.slice(0, found.index), unit: found[1]! };
  },
};
