/** A unit of measure behind the number: `12 kg`, `38.5°C`, `3.2 m²`. One letter counts only after a space, because `3D` is a name. */
import type { Decoration } from './decoration.ts';

const UNIT = /(?:\s+([\p{L}µ°][\p{L}µ°²³/·]{0,11})|(?<=\d)([µ°]?[\p{L}°][\p{L}°²³/·]{1,11}|°))$/u;

export const UNIT_OF_MEASURE: Decoration = {
  title: 'a unit',
  remove(text) {
    const found = UNIT.exec(text);
    if (found === null) return undefined;
    return { rest: text.slice(0, found.index), unit: (found[1] ?? found[2])! };
  },
};
