/**
 * The entry for browsers and workers: all of the core and nothing of Node, so that a bundler needs no configuration.
 */
export * from './index.ts';
