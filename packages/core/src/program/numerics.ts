/**
 * The numerics of a Program: how a term is added to a sum of a matrix product. `portable` rounds the product and then the
 * sum, as every instruction set can. `fused` adds the product by one fused multiply-add, which rounds once, and takes half
 * as many instructions. Both take the terms in the same order, and both give the same bits wherever they can be computed;
 * the bits of the two differ.
 */

/** The numerics by name, the default first. */
export const NUMERICS = ['portable', 'fused'] as const;

export type Numerics = (typeof NUMERICS)[number];
