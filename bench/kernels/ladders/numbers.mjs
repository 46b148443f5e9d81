/**
 * The type of a ladder, and what the tables of ladders share: the numbers with which tensors are filled, and the operations
 * of the elementary functions.
 *
 * @typedef {object} LadderTensor
 * @property {readonly (number | 'N')[]} shape
 * @property {'float32' | 'float64' | 'int32' | 'uint32' | 'uint8'} [type] - default float32
 * @property {(u: number, i: number) => number} [values] - element i from a number in [0, 1); absent if an op writes the tensor
 * @property {number} [moved] - how often its bytes are read or written; default 1
 * @property {boolean} [own] - whether only some rungs write it, as an intermediate result
 * @property {[string, number]} [within] - the tensor of which it is a part, and its first element there
 *
 * @typedef {object} Ladder
 * @property {string} kernel
 * @property {string} size - for people
 * @property {number} rows
 * @property {Record<string, LadderTensor>} tensors
 * @property {(tensors: Record<string, object>) => object[]} ops
 * @property {string} plain - the first rung
 * @property {Record<string, string>} [between] - the rungs between the first and the kernel that ships, by the idea that they show
 * @property {boolean} [fuses] - whether its sums of products are fused in fused numerics; then each of its rungs has a brother of that name
 * @property {number} [operations] - counted in lanes of float32; an operation on float64 counts as two
 */

/**
 * The additions, multiplications, divisions and roots for one element of each function of elementary.h. Selections and
 * operations on bits are not counted.
 */
export const EXP = 32;
export const TANH = 36;
export const SIGMOID = 34;
export const ERFC = 105;

/** Operations on float64, counted in lanes of float32. */
export const doubles = (count) => 2 * count;

export const signed = (u) => 2 * u - 1;
/** Numbers around 0, where activations bend. The first ones are numbers for which the functions have rules of their own. */
export const wide = (u, i) => [0, -0, 1e-40, -1e-40, 1e-20, -1e-20, 30, -30][i] ?? 16 * u - 8;
export const below = (count) => (u) => Math.floor(u * count);

/** The columns of packed weights, rounded up to whole panels of the widest vectors. */
export const panelColumns = (fanOut) => 32 * Math.ceil(fanOut / 32);
