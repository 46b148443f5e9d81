/**
 * Packed weights are kept for networks that predict in turn, as those of an ensemble do, but not for any number of networks.
 */
import { expect, it } from 'vitest';
import { registerBackend, registeredBackends } from '../backends/registry.ts';
import { dense } from '../network/layers/dense.ts';
import { network, type Network } from './network.ts';

/** How many Programs are compiled while every network predicts one row, twice in turn. */
function compiledBy(networks: readonly Network[]): number {
  const auto = registeredBackends().find((one) => one.unavailable() === undefined)!;
  let compiled = 0;
  registerBackend({
    ...auto,
    compile(program, options) {
      compiled++;
      return auto.compile(program, options);
    },
  });
  try {
    for (const net of [...networks, ...networks]) net.predict([[1]]);
  } finally {
    registerBackend(auto);
  }
  return compiled;
}

const networks = (count: number, units: number): Network[] =>
  Array.from({ length: count }, (_, seed) =>
    network({ inputs: 1, layers: [dense(units), dense(1)], seed }),
  );

it('are packed once for each network of an ensemble', () => {
  expect(compiledBy(networks(40, 3))).toBe(40);
});

it('are given up if they take too much memory', () => {
  // Each network takes about 20 MB for its tile of 128 rows, so that 15 of them are too many.
  expect(compiledBy(networks(15, 40_000))).toBeGreaterThan(15);
});
