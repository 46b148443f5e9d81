/**
 * The conformance suite on every backend that must exist, and on every other registered backend (native, if it was built).
 */
import { registeredBackends } from 'vinculum';
import { conformanceSuite } from './suite.ts';

const REQUIRED = ['reference', 'wasm'];

const found = new Map(registeredBackends().map((backend) => [backend.name, backend]));

for (const name of new Set([...REQUIRED, ...found.keys()])) {
  conformanceSuite(name, found.get(name));
}
