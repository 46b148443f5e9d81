/**
 * Which backend runs a Program. Backends are registered by name; `'auto'` takes the fastest that works here:
 * native, then wasm, then reference. A backend asked for by name is never silently replaced.
 */
import type { NetworkDtype } from '../network/spec.ts';
import { backendError, mustBe, rangeError, typeError } from '../words/fault.ts';
import { checkChoice, isRecord, show } from '../words/options.ts';
import type { Backend, Numerics } from './contract.ts';
import { BACKEND_NAMES } from './names.ts';
import { referenceBackend } from './reference/backend.ts';
import { wasmBackend } from './wasm/backend.ts';

/** The option `backend`: one of these names, or the name of a registered backend. */
export type BackendChoice =
  'auto' | (typeof BACKEND_NAMES)[number] | (string & Record<never, never>);

const registered = new Map<string, Backend>([
  [referenceBackend.name, referenceBackend],
  [wasmBackend.name, wasmBackend],
]);

/** vinculum's own backends, which are the first of their names. Every thread that loads the library has them. */
const own = new Map(registered);

/** The order of preference, the last choice first. */
const PREFERENCE: readonly string[] = [...BACKEND_NAMES].toReversed();

/**
 * Registers a backend under its name. It replaces an earlier backend of the same name.
 *
 * @param backend - an object that satisfies the contract of `backends/contract.ts`
 * @throws {TypeError} when it is no backend
 * @throws {RangeError} when its name is `'auto'`, which means a choice among all backends
 */
export function registerBackend(backend: Backend): void {
  const given: unknown = backend;
  if (
    !isRecord(given) ||
    typeof given['name'] !== 'string' ||
    !['float32', 'float64'].includes(given['precision'] as string) ||
    ['unavailable', 'describe', 'compile'].some((method) => typeof given[method] !== 'function')
  ) {
    throw typeError({
      where: 'registerBackend',
      subject: 'backend',
      rule: 'must have name, precision, unavailable(), describe() and compile()',
      got: show(given),
    });
  }
  if (backend.name === 'auto') {
    throw rangeError(
      mustBe('registerBackend', 'backend.name', "a name of its own, not 'auto'", backend.name),
    );
  }
  registered.set(backend.name, backend);
  if (rank(backend) >= 0 && !own.has(backend.name)) own.set(backend.name, backend);
}

/** Whether a backend is one of vinculum's own, in either numerics. */
export function isOwnBackend(backend: Backend): boolean {
  const known = own.get(backend.name);
  return backend === known || backend === known?.fused;
}

/** Takes a backend out of the list, as tests must that share a process with others. */
export function withdrawBackend(name: string): void {
  registered.delete(name);
}

/** How much a backend is preferred; backends that are not vinculum's own come last. */
function rank({ name }: Backend): number {
  return PREFERENCE.indexOf(name);
}

/**
 * Every registered backend, the preferred first.
 *
 * @example
 * registeredBackends().some(({ name }) => name === 'reference'); // true
 */
export function registeredBackends(): readonly Backend[] {
  return [...registered.values()].toSorted((left, right) => rank(right) - rank(left));
}

/**
 * The backend for a choice, a dtype and a numerics.
 *
 * @param where - the public function, for messages
 * @param choice - a name, or `'auto'`
 * @param dtype - `'float64'` runs on the reference only
 * @param numerics - never replaced by the other one
 * @throws {RangeError} when the name is unknown, or the backend cannot hold the dtype
 * @throws {BackendUnavailableError} when the backend does not work here, or has no such numerics here
 */
export function chooseBackend(
  where: string,
  choice: unknown,
  dtype: NetworkDtype,
  numerics: Numerics = 'portable',
): Backend {
  if (choice === 'auto') return chooseAny(where, dtype, numerics);
  if (typeof choice !== 'string') {
    throw typeError(mustBe(where, 'backend', 'the name of a backend', choice));
  }
  if (!registered.has(choice) && choice === 'native') {
    throw backendError({
      where,
      subject: `backend '${choice}'`,
      rule: 'is not available here',
      remedy: " Use 'auto' or 'wasm'.",
    });
  }
  const backend = inNumerics(
    where,
    registered.get(checkChoice(where, 'backend', choice, [...registered.keys(), 'auto']))!,
    numerics,
  );
  const fault = backend.unavailable();
  if (fault !== undefined) {
    throw backendError({
      where,
      subject: `backend '${choice}'${numerics === 'fused' ? ' in fused numerics' : ''}`,
      rule: `is not available: ${withoutStop(fault)}`,
      ...(numerics === 'fused' && { remedy: " Use numerics: 'portable'." }),
    });
  }
  if (dtype === 'float64' && backend.precision !== 'float64') {
    throw rangeError({
      where,
      subject: `backend '${choice}' computes in float32, but the network's dtype`,
      rule: "is 'float64'",
      remedy: " Use 'reference' or 'auto'.",
    });
  }
  return backend;
}

/** The fastest backend that works here. In fused numerics it is one that promises their bits, so never the reference. */
function chooseAny(where: string, dtype: NetworkDtype, numerics: Numerics): Backend {
  if (dtype === 'float64') return inNumerics(where, referenceBackend, numerics);
  const demanded = registeredBackends().find((backend) => backend.demandedBy?.() !== undefined);
  if (demanded !== undefined) return checkDemand(where, inNumerics(where, demanded, numerics));
  if (numerics === 'portable') {
    return registeredBackends().find((backend) => backend.unavailable() === undefined)!;
  }
  const able = registeredBackends().flatMap((backend) =>
    backend.precision === 'float64' ? [] : (fusedOf(backend) ?? []),
  );
  const working = able.find((backend) => backend.unavailable() === undefined);
  if (working !== undefined) return working;
  const faults = able.map((backend) => `${backend.name}: ${withoutStop(backend.unavailable()!)}`);
  throw backendError({
    where,
    subject: "numerics 'fused'",
    rule: `is not available here: ${faults.join('; ')}`,
    remedy: " Use numerics: 'portable'.",
  });
}

/** @throws {BackendUnavailableError} when the backend does not have the numerics at all */
function inNumerics(where: string, backend: Backend, numerics: Numerics): Backend {
  const found = numerics === 'fused' ? fusedOf(backend) : backend;
  if (found !== undefined) return found;
  throw backendError({
    where,
    subject: `backend '${backend.name}'`,
    rule: `has no numerics '${numerics}'`,
    remedy: " Use numerics: 'portable'.",
  });
}

/** A backend in fused numerics. One that was made from another by spreading may have kept that one's, which does not count. */
function fusedOf({ name, fused }: Backend): Backend | undefined {
  return fused?.name === name ? fused : undefined;
}

/** @throws {BackendUnavailableError} when a backend that the environment asks for does not work here */
function checkDemand(where: string, backend: Backend): Backend {
  const fault = backend.unavailable();
  if (fault === undefined) return backend;
  throw backendError({
    where,
    subject: `${backend.demandedBy?.()} asks for the backend '${backend.name}', which`,
    rule: `is not available: ${withoutStop(fault)}`,
    remedy: ' Correct or unset it.',
  });
}

function withoutStop(line: string): string {
  return line.replace(/\.$/, '');
}
