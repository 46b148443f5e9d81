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

/** The letter, small as for a point; the equation for a point; of parameters, that of the last layer's. */
const ROLES: Readonly<Record<Role, readonly [letter: string, equation: number, last?: number]>> = {
  input: ['x', 1],
  weight: ['W', 1, 3],
  bias: ['b', 1, 3],
  preActivation: ['m', 1],
  activation: ['h', 2],
  dropout: ['h', 34],
  logits: ['z', 3],
  prediction: ['y', 4],
  logitsBar: ['z', 12],
  weightBar: ['W', 17, 14],
  biasBar: ['b', 18, 15],
  dropoutBar: ['h', 13],
  activationBar: ['h', 13],
  preActivationBar: ['m', 16],
};

/** Names a quantity; `index` is of the dense layer from 0, for a dropout that of the dense layer below it, or -1. */
export type Namer = (role: Role, index: number) => Quantity;

const MACRON = '\u0304';

/**
 * @param layers - L, the number of dense layers
 * @param point - whether one data point is written (vectors, small letters)
 */
export function namer(layers: number, point: boolean): Namer {
  return (role, index) => {
    const [letter, inner, last] = ROLES[role];
    const bar = role.endsWith('Bar');
    const dropped = role.startsWith('dropout');
    const isParameter = last !== undefined;
    const small = dropped && index < 0 ? 'x' : letter;
    const symbol = point || isParameter ? small : small.toUpperCase();
    const hidden = /[Wbmh]/.test(small);
    const number = hidden ? String(index + 1) : '';
    const shown = isParameter || (hidden && layers > 2);
    const equation = isParameter && index === layers - 1 ? last : inner;
    // The batch repeats eq. (1)–(5) as (6)–(10) and (12)–(18) as (19)–(25).
    const shift = point || equation === 34 ? 0 : bar ? 7 : 5;
    return {
      name: `${small}${dropped ? 'Dropped' : ''}${number}${bar ? 'Bar' : ''}`,
      symbol: `${symbol}${bar ? MACRON : ''}${dropped ? '′' : ''}${shown ? `⁽${superscript(number)}⁾` : ''}`,
      latex: `${bar ? `\\bar{${symbol}}` : symbol}${dropped ? "'" : ''}${shown ? `^{(${number})}` : ''}`,
      equation: equation + shift,
    };
  };
}

/** The digits of a number as superscripts. */
function superscript(digits: string): string {
  return digits.replaceAll(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!);
}
