/**
 * What computes: the flags `--backend`, `--threads` and `--numerics`, then the environment. A value that this machine
 * cannot honour is an error; nothing is replaced silently.
 */
import {
  registeredBackends,
  type Backend,
  type BackendChoice,
  type Network,
  type Numerics,
} from 'vinculum';
import { nearest } from 'vinculum/internal';
import { BACKENDS, INSTRUCTION_SETS, NUMERICS, THREADED_BACKENDS, THREADS } from './choices.ts';
import type { ComputePlan } from './command-line/common-flags.ts';
import { choiceReader, numberReader } from './command-line/readers.ts';
import { usageFailure } from './failure.ts';
import type { Host } from './host.ts';

/** What computes. */
export interface Computing {
  readonly backend: BackendChoice;
  readonly numerics: Numerics;
  /** If absent, the number follows the amount of work and the machine. */
  readonly threads?: number;
}

/**
 * The choice, checked against this machine.
 *
 * @throws {CommandFailure} exit 2 when a name is unknown or not to be had here
 */
export function chooseCompute(plan: ComputePlan, host: Host): Computing {
  const { VINCULUM_BACKEND, VINCULUM_ISA, VINCULUM_NUMERICS, VINCULUM_THREADS } = host.environment;
  const backend =
    plan.backend ??
    (isSet(VINCULUM_BACKEND)
      ? choiceReader('VINCULUM_BACKEND', BACKENDS)(VINCULUM_BACKEND)
      : 'auto');
  const threads =
    plan.threads ??
    (isSet(VINCULUM_THREADS)
      ? numberReader('VINCULUM_THREADS', { ...THREADS, integer: true, example: '1' })(
          VINCULUM_THREADS,
        )
      : undefined);
  const numerics =
    plan.numerics ??
    (isSet(VINCULUM_NUMERICS)
      ? choiceReader('VINCULUM_NUMERICS', NUMERICS)(VINCULUM_NUMERICS)
      : 'portable');
  if (isSet(VINCULUM_ISA)) checkInstructionSet(VINCULUM_ISA, backend);
  const chosen = checkBackend(backend, numerics);
  if (threads !== undefined && threads > 1 && !THREADED_BACKENDS.includes(chosen)) {
    throw unavailable(
      `--threads ${threads} needs a backend with threads; '${chosen}' computes with one.`,
      'leave --threads and VINCULUM_THREADS off',
    );
  }
  return { backend, numerics, ...(threads !== undefined && { threads }) };
}

/** The name of the backend that a choice selects here, in a numerics. */
export function checkBackend(choice: BackendChoice, numerics: Numerics = 'portable'): string {
  const backends = registeredBackends().map((one) => ({
    name: one.name,
    fault: faultOf(one, numerics),
  }));
  const working = backends.filter(({ fault }) => fault === undefined);
  if (choice === 'auto') {
    // The reference promises no bits, so a choice of numerics that are named by their bits does not fall back to it.
    const auto = working.find(({ name }) => numerics === 'portable' || name !== 'reference');
    if (auto !== undefined) return auto.name;
    const faults = backends.flatMap(({ name, fault }) =>
      fault === undefined ? [] : [`${name}: ${fault}`],
    );
    throw unavailable(
      `numerics '${numerics}' is not available on this machine: ${faults.join('; ')}.`,
      numerics === 'fused'
        ? "leave --numerics and VINCULUM_NUMERICS off; 'portable' works everywhere"
        : undefined,
    );
  }
  const found = backends.find(({ name }) => name === choice) ?? {
    fault: 'it is not part of this installation',
  };
  if (found.fault === undefined) return choice;
  const names = working.map(({ name }) => `'${name}'`).join(' and ');
  throw unavailable(
    `backend '${choice}'${numerics === 'fused' ? " in numerics 'fused'" : ''} is not available: ${found.fault}.`,
    `${names} ${working.length === 1 ? 'works' : 'work'} here, and so does 'auto'`,
  );
}

/** Why a backend does not compute here in a numerics, without a full stop; undefined if it does. */
function faultOf(backend: Backend, numerics: Numerics): string | undefined {
  const wanted = numerics === 'fused' ? backend.fused : backend;
  if (wanted === undefined) return `it has no numerics '${numerics}'`;
  return wanted.unavailable()?.replace(/\.$/, '');
}

/** @throws {CommandFailure} exit 2 when the backend cannot hold the numbers of a network */
export function checkPrecision(choice: BackendChoice, net: Network): void {
  const backend = registeredBackends().find(({ name }) => name === choice);
  if (net.spec.dtype !== 'float64' || backend === undefined || backend.precision === 'float64') {
    return;
  }
  throw unavailable(
    `backend '${choice}' computes in float32; the model's weights are float64.`,
    "'reference' computes in float64, and so does 'auto' for such a model",
  );
}

/** An instruction set that is set must be used: by the native backend, on a processor that has it. */
function checkInstructionSet(name: string, choice: BackendChoice): void {
  if (!INSTRUCTION_SETS.some((known) => known === name)) {
    const near = nearest(name, INSTRUCTION_SETS);
    throw usageFailure(
      `VINCULUM_ISA must be one of ${INSTRUCTION_SETS.join(', ')}; got '${name}'.`,
      { hint: near === undefined ? 'unset VINCULUM_ISA' : `did you mean VINCULUM_ISA=${near}?` },
    );
  }
  const backend = choice === 'auto' ? 'native' : checkBackend(choice);
  const native = registeredBackends().find((one) => one.name === 'native');
  const fault = native === undefined ? 'it is not part of this installation' : native.unavailable();
  if (backend === 'native' && fault === undefined) return;
  throw unavailable(
    backend === 'native'
      ? `VINCULUM_ISA=${name} needs the native backend: ${fault?.replace(/\.$/, '')}.`
      : `VINCULUM_ISA=${name} belongs to the native backend; '${backend}' would compute here.`,
    'unset VINCULUM_ISA',
  );
}

function unavailable(message: string, hint = "'vinculum doctor' lists what there is"): Error {
  return usageFailure(message, { code: 'backend-unavailable', hint });
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
