/**
 * A Program of a few ops without a network, so that a test can give one op any shape and any numbers.
 */
import type { Backend, Executable } from 'vinculum';
import {
  byPhase,
  type ElementType,
  atOnce,
  MemoryPlan,
  type Op,
  type Program,
  referenceBackend,
  type Region,
  SCALARS,
  type ScalarSlot,
  type Tensor,
} from 'vinculum/internal';
import { beyondBound } from './faults.ts';

/** A tensor of a case: with its numbers, or without them if an op writes it. */
export interface Given {
  readonly shape: readonly (number | 'N')[];
  readonly values?: ArrayLike<number>;
  /** Default: the type in which the backend computes. */
  readonly type?: ElementType;
  readonly region?: Region;
}

export interface OpCase {
  /** The capacity of the Program and the number of rows in the run. */
  readonly rows: number;
  readonly tensors: Readonly<Record<string, Given>>;
  readonly ops: (tensor: (name: string) => Tensor) => readonly Op[];
  readonly scalars?: Partial<Record<ScalarSlot, number>>;
}

/** Compiles the ops as the forward phase of a Program and runs it once. The caller closes the executable. */
export function runOps(backend: Backend, opCase: OpCase): Executable {
  const executable = bindOps(backend, opCase);
  atOnce(executable.run('forward'));
  return executable;
}

/** Compiles the ops as the forward phase of a Program and fills its memory. The caller closes the executable. */
export function bindOps(backend: Backend, opCase: OpCase): Executable {
  const executable = backend.compile(programOf(backend, opCase));
  for (const [name, { values }] of Object.entries(opCase.tensors)) {
    if (values !== undefined) executable.view(name).set(values);
  }
  executable.scalars[SCALARS.rows] = opCase.rows;
  for (const [slot, value] of Object.entries(opCase.scalars ?? {})) {
    executable.scalars[SCALARS[slot as ScalarSlot]] = value;
  }
  return executable;
}

/** Runs the ops and returns copies of the named tensors. */
export function resultsOf(
  backend: Backend,
  opCase: OpCase,
  names: readonly string[],
): Float64Array[] {
  const executable = runOps(backend, opCase);
  const results = names.map((name) => Float64Array.from(executable.view(name)));
  executable.close();
  return results;
}

/** Describes where the tensor `out` differs from the reference's by more than `bound` of the expected value. */
export function opFaults(
  backend: Backend,
  label: string,
  opCase: OpCase,
  bound: (expected: number) => number,
): string[] {
  const [got] = resultsOf(backend, opCase, ['out']);
  const [expected] = resultsOf(referenceBackend, opCase, ['out']);
  return beyondBound(label, got!, expected!, (j) => bound(expected![j]!));
}

function programOf(backend: Backend, { rows, tensors, ops }: OpCase): Program {
  const plan = new MemoryPlan(rows);
  for (const [name, { shape, type, region }] of Object.entries(tensors)) {
    plan.declare({ name, shape, type: type ?? backend.precision, region: region ?? 'scratch' });
  }
  const forward = ops((name) => plan.tensors().get(name)!);
  const arenaBytes = plan.place();
  const [first] = plan.tensors().values();
  return {
    purpose: 'train',
    precision: backend.precision,
    numerics: backend.numerics ?? 'portable',
    capacity: rows,
    tensors: plan.tensors(),
    phases: { ...byPhase(() => []), forward },
    layers: [],
    outputs: { forward: first!, evaluate: first! },
    arenaBytes,
  };
}
