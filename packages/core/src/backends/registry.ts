/**
 * Which backend runs a Program. Backends are registered by name; `'auto'` takes the fastest that works here:
 * native, then wasm, then reference. A backend asked for by name is never silently replaced.
 */
import { BackendUnavailableError } from '../errors.ts';
import type { NetworkDtype } from '../network/spec.ts';
import { nearest, show } from '../options.ts';
import type { Backend } from './contract.ts';
import { referenceBackend } from './reference/backend.ts';
import { wasmBackend } from './wasm/backend.ts';

/** What the `backend` option takes. */
export type BackendChoice = 'auto' | 'reference' | 'wasm' | 'native' | 'webgpu';

const registered = new Map<string, Backend>([
  [referenceBackend.name, referenceBackend],
  [wasmBackend.name, wasmBackend],
]);

const PREFERENCE = ['native', 'wasm', 'reference'] as const;

/**
 * Makes a backend known under its name; a later one of the same name replaces the earlier.
 *
 * @param backend - what satisfies the contract of `backends/contract.ts`
 * @throws {TypeError} when it is no backend
 */
export function registerBackend(backend: Backend): void {
  const given: unknown = backend;
  if (
    typeof given !== 'object' ||
    given === null ||
    typeof backend.name !== 'string' ||
    (backend.precision !== 'float32' && backend.precision !== 'float64') ||
    typeof backend.unavailable !== 'function' ||
    typeof backend.describe !== 'function' ||
    typeof backend.compile !== 'function'
  ) {
    throw new TypeError(
      `registerBackend: backend must have name, precision, unavailable(), describe() and compile(); got ${show(given)}.`,
    );
  }
  registered.set(backend.name, backend);
}

/** Where a backend stands in the order of preference; strangers come last. */
function rank(backend: Backend): number {
  const index = PREFERENCE.findIndex((name) => name === backend.name);
  return index < 0 ? PREFERENCE.length : index;
}

/**
 * Every registered backend, the preferred first.
 *
 * @example
 * registeredBackends().map(({ name }) => name); // ['wasm', 'reference']
 */
export function registeredBackends(): readonly Backend[] {
  return [...registered.values()].toSorted((left, right) => rank(left) - rank(right));
}

/**
 * The backend for a choice and a dtype.
 *
 * @param where - the public function, for messages
 * @param choice - a name, or `'auto'`
 * @param dtype - `'float64'` runs on the reference only
 * @throws {RangeError} when the name is unknown, or the backend cannot hold the dtype
 * @throws {BackendUnavailableError} when the backend does not work here
 */
export function chooseBackend(where: string, choice: unknown, dtype: NetworkDtype): Backend {
  if (choice === 'auto') {
    if (dtype === 'float64') return referenceBackend;
    return registeredBackends().find((backend) => backend.unavailable() === undefined)!;
  }
  if (typeof choice !== 'string') {
    throw new TypeError(`${where}: backend must be the name of a backend; got ${show(choice)}.`);
  }
  const backend = registered.get(choice);
  if (backend === undefined) {
    if (choice === 'native' || choice === 'webgpu') {
      throw new BackendUnavailableError(
        `${where}: backend '${choice}' is not available here. Use 'auto' or 'wasm'.`,
      );
    }
    const names = [...registered.keys(), 'auto'];
    const near = nearest(choice, names);
    throw new RangeError(
      `${where}: backend ${show(choice)} is unknown. ${near === undefined ? `Known: ${names.join(', ')}.` : `Did you mean '${near}'?`}`,
    );
  }
  const fault = backend.unavailable();
  if (fault !== undefined) {
    throw new BackendUnavailableError(`${where}: backend '${choice}' is not available: ${fault}`);
  }
  if (dtype === 'float64' && backend.precision !== 'float64') {
    throw new RangeError(
      `${where}: backend '${choice}' computes in float32, but the network's dtype is 'float64'. Use 'reference' or 'auto'.`,
    );
  }
  return backend;
}
