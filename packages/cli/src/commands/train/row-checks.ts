/**
 * What the rows of a training must be beyond what their values must be: enough groups for every split, a weight above 0, targets
 * that the loss can learn from and whose errors can be squared. A fault is told before anything is trained.
 */
import type { Loss } from 'vinculum';
import { LARGEST_TARGET, lossFacts } from 'vinculum/internal';
import { dataFailure } from '../../failure.ts';
import type { LabelledRows } from '../../labelled-rows.ts';
import { splitRolesOf, type Roles } from '../../roles.ts';
import { targetNumbers } from '../../target-values.ts';
import type { Task } from './task.ts';

/** The rows, and what is to be done with them. */
export interface CheckedRows {
  readonly task: Task;
  readonly known: LabelledRows;
  readonly test: LabelledRows | undefined;
  readonly roles: Roles;
  readonly sampleWeights: ArrayLike<number> | undefined;
  /** Whether rows are held out for early stopping, and to measure the model. */
  readonly stopsEarly: boolean;
  readonly holdsOut: boolean;
  /** Of the training. */
  readonly loss: Loss;
}

/** @throws {CommandFailure} exit 3 when a rule does not hold */
export function checkRows(rows: CheckedRows): void {
  checkGroups(rows);
  checkWeights(rows);
  if (rows.task !== 'regression') return;
  checkNumbers(rows.known, rows.loss);
  if (rows.test !== undefined) checkNumbers(rows.test, rows.loss);
}

function checkWeights({ sampleWeights, roles }: CheckedRows): void {
  if (sampleWeights === undefined) return;
  if (Array.from(sampleWeights).some((weight) => weight > 0)) return;
  throw dataFailure(
    `--weight: column '${roles.weight}' must have a weight above 0; every row weighs 0.`,
    { hint: 'name another column, or leave --weight off' },
  );
}

function checkNumbers({ targets, numbers }: LabelledRows, { kind }: Loss): void {
  const { least = -Infinity } = lossFacts(kind);
  for (const target of targets) {
    const values = targetNumbers([target]);
    const small = values.findIndex((value) => value < least);
    if (small !== -1) {
      throw dataFailure(
        `row ${numbers[small]}, column '${target.name}': must be at least ${least} for the loss '${kind}'; got ${values[small]}.`,
        { hint: `correct the file there, or leave --loss ${kind} off` },
      );
    }
    const large = values.findIndex((value) => Math.abs(value) > LARGEST_TARGET);
    if (large === -1) continue;
    throw dataFailure(
      `row ${numbers[large]}, column '${target.name}': must be at most ${LARGEST_TARGET} in size, because errors are squared; got ${values[large]}.`,
      { hint: 'correct the file there, or leave such rows out, and run the command again' },
    );
  }
}

function checkGroups({ known, roles, stopsEarly, holdsOut }: CheckedRows): void {
  const { groups } = splitRolesOf(known, roles);
  if (groups === undefined) return;
  const parts = [
    'to learn from',
    ...(stopsEarly ? ['to stop early by'] : []),
    ...(holdsOut ? ['to hold out'] : []),
  ];
  const count = new Set(groups).size;
  if (count >= parts.length) return;
  throw dataFailure(
    `--group: column '${roles.group}' must have at least ${parts.length} groups: one ${parts.join(', one ')}; it has ${count}.`,
    {
      hint:
        count > 1
          ? 'add --fit-all to learn from every row, or name another column'
          : 'name another column, or leave --group off',
    },
  );
}
