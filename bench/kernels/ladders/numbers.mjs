/**
 * What a ladder is, for ladder.mjs to climb; and what the tables of ladders share: the numbers that tensors are filled with, and the
 * operations of the elementary functions.
 *
 * @typedef {object} LadderTensor
 * @property {readonly (number | 'N')[]} shape
 * @property {'float32' | 'float64' | 'int32' | 'uint32' | 'uint8'} [type] - float32 where it is not said
 * @property {(u: number, i: number) => number} [values] - element i from a number in [0, 1); absent for what an op writes
 * @property {number} [moved] - how often its bytes are read or written; 1 where it is not said
 * @property {boolean} [own] - that only some rungs write it, as a step on their way
 * @property {[string, number]} [within] - the tensor that it is part of, and at which element
 *
 * @typedef {object} Ladder
 * @property {string} kernel
 * @property {string} size - for people
 * @property {number} rows
 * @property {Record<string, LadderTensor>} tensors
 * @property {(tensors: Record<string, object>) => object[]} ops
 * @property {string} plain - the first rung
 * @property {Record<string, string>} [between] - the rungs before what ships, by what they show
 * @property {number} [operations] - in lanes of float32; one of float64 takes two
 */

/**
 * Additions, multiplications, divisions and roots of the functions of elementary.h, an element; selections and work on bits are not
 * counted.
 */
export const EXP = 32;
export const TANH = 36;
export const SIGMOID = 34;
export const ERFC = 105;

/** Of float64, in lanes of float32. */
export const doubles = (count) => 2 * count;

export const signed = (u) => 2 * u - 1;
/** Numbers where activations bend, and at first those that have a rule of their own. */
export const wide = (u, i) => [0, -0, 1e-40, -1e-40, 1e-20, -1e-20, 30, -30][i] ?? 16 * u - 8;
export const below = (count) => (u) => Math.floor(u * count);

/** Columns of a packing: whole panels of any width. */
export const panelColumns = (fanOut) => 32 * Math.ceil(fanOut / 32);
