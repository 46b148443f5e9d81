/**
 * The notation for the quantities of a step: symbol, LaTeX and a plain name, for one data point (small letters)
 * or for a batch (capitals), at any depth. A layer says which letter a value has and what was done to it. Only this
 * file knows how letters, numbers, marks and bars are combined. In the two-layer network of the notes, only the
 * parameters need a number.
 */

/** The description of a traced tensor for people: its names and its equation in the notes. */
export interface Quantity {
  /** A plain identifier, such as `zBar` or `W2Bar`; hidden layers are numbered from 1. */
  readonly name: string;
  /** Plain text, such as `z̄`. */
  readonly symbol: string;
  readonly latex: string;
  /** The number of the equation that defines it. */
  readonly equation: number;
  /** The right-hand side of that equation in LaTeX; empty if no op computes the quantity. */
  readonly formula: string;
}

/** What was done to a value, such as dropout: it adds a word to the name and a sign to the symbol. */
export interface Mark {
  /** A word for the name, such as `Dropped`. */
  readonly word: string;
  /** The sign after the letter, as text and in LaTeX. */
  readonly suffix?: readonly [symbol: string, latex: string];
  /** The accent on the letter: a combining character, and a LaTeX command. */
  readonly accent?: readonly [symbol: string, latex: string];
}

/** A quantity before it is written for a point or for a batch. */
export interface Notation {
  /** A plain identifier: `h`, `W`, `gamma`. A single letter is its own symbol. */
  readonly letter: string;
  /** The symbol and its LaTeX, if they are not the letter itself; they are the same for a point and a batch. */
  readonly glyph?: readonly [symbol: string, latex: string];
  /** The number of the layer, from 1; absent for x, z and y, because a network has only one of each. */
  readonly number?: number;
  /** Whether it is a parameter. A parameter has the same symbol for a point and a batch, and always a number. */
  readonly parameter?: boolean;
  readonly marks?: readonly Mark[];
  /** Whether it is the adjoint. */
  readonly bar?: boolean;
}

/** The number of an equation, or two numbers: one for a data point and one for a batch. */
export type Equation = number | readonly [point: number, batch: number];

/** What the trace shows about a value in addition to its numbers. */
export interface Description {
  readonly notation: Notation;
  readonly equation: Equation;
  /** The right-hand side of the equation in LaTeX; absent if no op computes the value. */
  readonly formula?: string;
}

/** The notation of the adjoint of a value. */
export function barOf(notation: Notation): Notation {
  return { ...notation, bar: true };
}

/** The notation of a value with one more mark. */
export function marked(notation: Notation, mark: Mark): Notation {
  return { ...notation, marks: [...(notation.marks ?? []), mark] };
}

/** The output of a layer: z if it is the last, otherwise h with a number. */
export function hiddenOrLogits(isLast: boolean, number: number): Notation {
  return isLast ? { letter: 'z' } : { letter: 'h', number };
}

const MACRON: readonly [string, string] = ['\u0304', '\\bar'];

/**
 * Writes descriptions out.
 *
 * @param numbered - whether hidden values have the number of their layer, as in networks of more than two layers
 * @param point - whether the notation is for one data point, with vectors and small letters
 */
export function quantityWriter(
  numbered: boolean,
  point: boolean,
): (description: Description) => Quantity {
  return ({ notation, equation, formula = '' }) => {
    const { letter, glyph, number, parameter = false, marks = [], bar = false } = notation;
    const small = point || parameter;
    const [symbol, latex] = glyph ?? (small ? [letter, letter] : upperCase(letter));
    const accents = [
      ...marks.flatMap(({ accent }) => (accent === undefined ? [] : [accent])),
      ...(bar ? [MACRON] : []),
    ];
    const suffixes = marks.flatMap(({ suffix }) => (suffix === undefined ? [] : [suffix]));
    const shown = number !== undefined && (parameter || numbered);
    const digits = String(number ?? '');
    return {
      name: `${letter}${marks.map(({ word }) => word).join('')}${digits}${bar ? 'Bar' : ''}`,
      symbol:
        accents.reduce((text, [character]) => text + character, symbol) +
        suffixes.map(([character]) => character).join('') +
        (shown ? `⁽${superscript(digits)}⁾` : ''),
      latex:
        accents.reduce((text, [, command]) => `${command}{${text}}`, latex) +
        suffixes.map(([, characters]) => characters).join('') +
        (shown ? `^{(${digits})}` : ''),
      equation: typeof equation === 'number' ? equation : equation[point ? 0 : 1],
      formula,
    };
  };
}

function upperCase(letter: string): [string, string] {
  const capital = letter.toUpperCase();
  return [capital, capital];
}

/** The digits of a number as superscripts. */
function superscript(digits: string): string {
  return digits.replaceAll(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!);
}
