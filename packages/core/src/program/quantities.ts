/**
 * The names of a step's quantities as the notes write them: symbol, LaTeX and equation number, for one data
 * point (eq. 1–5, 12–18) and for a batch (eq. 6–10, 19–25), at any depth. The two-layer net of the notes is
 * the case L = 2, where layers need no number but that of their weights.
 */
import type { Quantity } from './program.ts';

/** What a quantity is of: the kind of thing, the bar for its adjoint. */
export type Role =
  | 'input'
  | 'weight'
  | 'bias'
  | 'preActivation'
  | 'activation'
  | 'dropout'
  | 'logits'
  | 'prediction'
  | 'logitsBar'
  | 'weightBar'
  | 'biasBar'
  | 'dropoutBar'
  | 'activationBar'
  | 'preActivationBar';

/** Names quantities for one network. */
export interface Namer {
  /** @param index - of the dense layer from 0; for a dropout, that of the dense layer below it, or -1 */
  quantity(role: Role, index: number): Quantity;
}

const MACRON = '\u0304';

/** [letter for a point, letter for a batch, equation for a point, equation for a batch]. */
const FORWARD = {
  input: ['x', 'X', 1, 6],
  preActivation: ['m', 'M', 1, 6],
  activation: ['h', 'H', 2, 7],
  logits: ['z', 'Z', 3, 8],
  prediction: ['y', 'Y', 4, 9],
  dropout: ['h′', 'H′', 34, 34],
  logitsBar: ['z', 'Z', 12, 19],
  activationBar: ['h', 'H', 13, 20],
  dropoutBar: ['h′', 'H′', 13, 20],
  preActivationBar: ['m', 'M', 16, 23],
} as const;

/**
 * @param layers - L, the number of dense layers
 * @param point - whether one data point is written (vectors, small letters)
 */
export function namer(layers: number, point: boolean): Namer {
  const numbered = layers > 2;
  return {
    quantity(role, index) {
      if (role === 'weight' || role === 'bias' || role === 'weightBar' || role === 'biasBar') {
        const isWeight = role === 'weight' || role === 'weightBar';
        const bar = role === 'weightBar' || role === 'biasBar';
        const [name, symbol, latex] = parameter(isWeight ? 'W' : 'b', index, bar);
        return {
          name,
          symbol,
          latex,
          equation: parameterEquation(isWeight, bar, index === layers - 1, point),
        };
      }
      const row = FORWARD[role];
      const letter = point ? row[0] : row[1];
      const bar = role.endsWith('Bar');
      const hidden =
        role !== 'input' && role !== 'logits' && role !== 'logitsBar' && role !== 'prediction';
      const plain = letter.replace('′', '');
      const prime = letter.endsWith('′') ? '′' : '';
      const isInput = role.startsWith('dropout') && index < 0;
      const base = isInput ? (point ? 'x' : 'X') : plain;
      const tail = hidden && numbered && !isInput ? index + 1 : undefined;
      return {
        name: `${base.toLowerCase()}${prime === '' ? '' : 'Dropped'}${hidden && !isInput ? index + 1 : ''}${bar ? 'Bar' : ''}`,
        symbol: `${base}${bar ? MACRON : ''}${prime}${tail === undefined ? '' : `⁽${superscript(tail)}⁾`}`,
        latex: `${bar ? `\\bar{${base}}` : base}${prime === '' ? '' : "'"}${tail === undefined ? '' : `^{(${tail})}`}`,
        equation: point ? row[2] : row[3],
      };
    },
  };
}

/** Name, symbol and LaTeX of W or b of a layer, or of its adjoint. */
function parameter(letter: string, index: number, bar: boolean): [string, string, string] {
  return [
    `${letter}${index + 1}${bar ? 'Bar' : ''}`,
    `${letter}${bar ? MACRON : ''}⁽${superscript(index + 1)}⁾`,
    `${bar ? `\\bar{${letter}}` : letter}^{(${index + 1})}`,
  ];
}

/** W̄ and b̄ of the last layer are eq. (14), (15) | (21), (22); of the others (17), (18) | (24), (25). */
function parameterEquation(isWeight: boolean, bar: boolean, last: boolean, point: boolean): number {
  if (!bar) return (last ? 3 : 1) + (point ? 0 : 5);
  const first = point ? (last ? 14 : 17) : last ? 21 : 24;
  return first + (isWeight ? 0 : 1);
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** The digits of `value` as superscripts. */
export function superscript(value: number): string {
  return Array.from(String(value), (digit) => SUPERSCRIPTS[Number(digit)]!).join('');
}
