/**
 * The entry for Node: the same names as in the browser. It stands apart because only here a backend that is a native
 * addon may be looked for; there is none yet.
 */
export * from './index.ts';
