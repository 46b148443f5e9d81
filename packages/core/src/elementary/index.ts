/**
 * The elementary functions of the core, for every place that would otherwise reach for Math.
 *
 * One import for the rooms above; each function lives in the file of its family.
 */
export { erf, erfc } from './erf.ts';
export { exp, expm1 } from './exp.ts';
export { cosPi, sinPi } from './half-turns.ts';
export { log, log1p } from './log.ts';
export { sigmoid, softplus, tanh } from './logistic.ts';
