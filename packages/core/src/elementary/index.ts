/**
 * The elementary functions of the core, for all code that would otherwise use Math.
 *
 * The folders above import from here; each function is in the file of its family.
 */
export { erf, erfc } from './erf.ts';
export { exp, expm1 } from './exp.ts';
export { cosPi, PI, sinPi } from './half-turns.ts';
export { log, log1p } from './log.ts';
export { sigmoid, softplus, tanh } from './logistic.ts';
