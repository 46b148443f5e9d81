/**
 * What computes: the flags `--backend` and `--threads`, then the environment. A value that this machine
 * cannot honour is an error; nothing is replaced silently.
 */
import { registeredBackends, type BackendChoice, type Network } from 'vinculum';
import { nearest } from 'vinculum/internal';
import { BACKENDS, INSTRUCTION_SETS, THREADED_BACKENDS, THREADS } from './choices.ts';
import type { ComputePlan } from './command-line/common-flags.ts';
import { choiceReader, numberReader } from './command-line/readers.ts';
import { usageFailure } from './failure.ts';
import type { Host } from './host.ts';

/** What to compute with. */
export interface ComputeChoice {
  readonly backend: BackendChoice;
  /** If absent, the number follows the amount of work. */
  readonly threads: number | undefined;
}

/**
 * The choice, checked against this machine.
 *
 * @throws {CommandFailure} exit 2 when a name is unknown or not to be had here
 */
export function chooseCompute(plan: ComputePlan, host: Host): ComputeChoice {
  const { VINCULUM_BACKEND, VINCULUM_ISA, VINCULUM_THREADS } = host.environment;
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
  if (isSet(VINCULUM_ISA)) checkInstructionSet(VINCULUM_ISA, backend);
  const chosen = checkBackend(backend);
  if (threads !== undefined && threads > 1 && !THREADED_BACKENDS.includes(chosen)) {
    throw unavailable(
      `--threads ${threads} needs a backend with threads; '${chosen}' computes with one.`,
      'leave --threads and VINCULUM_THREADS off',
    );
  }
  return { backend, threads };
}

/** The name of the backend that a choice selects here. */
export function checkBackend(choice: BackendChoice): string {
  const backends = registeredBackends();
  const working = backends.filter((backend) => backend.unavailable() === undefined);
  const auto = working[0];
  if (choice === 'auto') {
    if (auto === undefined) throw unavailable('no backend works on this machine.');
    return auto.name;
  }
  const found = backends.find((backend) => backend.name === choice);
  const told = found === undefined ? 'it is not part of this installation' : found.unavailable();
  if (told === undefined) return choice;
  const fault = told.replace(/\.$/, '');
  const names = working.map((backend) => `'${backend.name}'`).join(' and ');
  throw unavailable(
    `backend '${choice}' is not available: ${fault}.`,
    `${names} work here, and so does 'auto'`,
  );
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
