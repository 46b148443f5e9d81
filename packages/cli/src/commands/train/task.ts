/**
 * The rule by which a run chooses what to learn if the user does not say it.
 */
import type { Column } from 'vinculum';
import { looksLikeCode } from 'vinculum/internal';
import type { TASKS } from '../../choices.ts';
import { dataFailure, usageFailure } from '../../failure.ts';
import { quoted, type Targets } from '../../labelled-rows.ts';

/** What kind of question a target asks. */
export type Task = (typeof TASKS)[number];

/** The task, and why it is the task. */
export interface ChosenTask {
  readonly task: Task;
  /** In words, for the user. */
  readonly reason: string;
}

/** The largest number of distinct integers that are still read as class names. */
const MAX_INTEGER_CLASSES = 20;

/**
 * The task of some targets: the one that the user asks for, or else the one that the cells tell.
 *
 * @throws {CommandFailure} exit 2 when the task does not go with the number of targets, exit 3 when the targets are of
 *   kinds that one model cannot predict together
 */
export function chooseTask(targets: Targets, asked: Task | undefined): ChosenTask {
  const [first, ...others] = targets;
  const names = targets.map(({ name }) => name);
  if (others.length === 0) {
    if (asked === 'multilabel') {
      throw usageFailure(`--task multilabel goes with several targets; got only '${first.name}'.`, {
        hint: `add a -t for each yes-or-no column, or leave --task off`,
      });
    }
    return asked === undefined ? inferTask(first) : { task: asked, reason: 'as --task says' };
  }
  if (asked === 'classification') {
    throw usageFailure(`--task classification goes with one target; got ${quoted(names)}.`, {
      hint: 'train a model for each of them; --task multilabel takes several yes-or-no columns',
    });
  }
  if (asked !== undefined) return { task: asked, reason: 'as --task says' };
  return inferJointTask(targets);
}

/** Several targets are all yes or no, or all numbers. */
function inferJointTask(targets: Targets): ChosenTask {
  if (targets.every(isYesOrNo)) {
    const booleans = targets.every(({ kind }) => kind === 'boolean');
    return {
      task: 'multilabel',
      reason: booleans
        ? 'all targets are true or false'
        : 'all targets are 0 or 1; --task regression takes them for quantities',
    };
  }
  if (targets.every((target) => target.kind === 'number' && codeOf(target) === undefined)) {
    return { task: 'regression', reason: 'all targets are numbers' };
  }
  const kinds = targets.map((target) => `'${target.name}' is ${kindInWords(target)}`);
  throw dataFailure(
    `several targets must all be numbers or all be true or false; ${kinds.join(', ')}.`,
    {
      hint: `train a model for each of them: -t ${targets[0].name}, then -t ${targets[1]?.name ?? ''}`,
    },
  );
}

/** Whether every known cell is true or false, or 1 or 0. */
function isYesOrNo(column: Column): boolean {
  if (column.kind === 'boolean') return true;
  return (
    column.kind === 'number' &&
    codeOf(column) === undefined &&
    column.values.every((value) => value === 0 || value === 1 || Number.isNaN(value))
  );
}

function kindInWords(column: Column): string {
  if (column.kind === 'text') return 'text';
  if (column.kind === 'date') return 'a date';
  if (column.kind === 'boolean') return 'true or false';
  const code = codeOf(column);
  return code === undefined ? 'numbers' : `codes such as ${code}`;
}

/** A cell of a column of numbers that is a code, such as `02138`. */
function codeOf({ kind, spellings }: Column): string | undefined {
  if (kind !== 'number') return undefined;
  const code = spellings?.find((text) => text !== null && looksLikeCode(text));
  return code !== undefined && code !== null && /^0\d/.test(code) ? code : undefined;
}

/**
 * The task that a target column asks for: text and truth values are classes, so are integers with at most 20
 * distinct values; other numbers are quantities.
 *
 * @returns the task and the reason in words, for the user
 * @example
 * inferTask(columnOfTable(table, 'fur')).task; // 'classification'
 */
export function inferTask(column: Column): ChosenTask {
  const code = codeOf(column);
  if (code !== undefined) {
    return { task: 'classification', reason: `the target has codes such as ${code}` };
  }
  if (column.kind === 'number' && column.reading?.unit !== undefined) {
    return { task: 'regression', reason: `the target counts ${column.reading.unit}` };
  }
  if (column.kind !== 'number') {
    const kind = column.kind === 'text' ? 'text' : 'true or false';
    return { task: 'classification', reason: `the target is ${kind}` };
  }
  const distinct = new Set<number>();
  for (const value of column.values) {
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value)) return { task: 'regression', reason: 'the target has fractions' };
    distinct.add(value);
    if (distinct.size > MAX_INTEGER_CLASSES) {
      return {
        task: 'regression',
        reason: `the target has more than ${MAX_INTEGER_CLASSES} distinct integers; --task classification takes them for classes`,
      };
    }
  }
  return {
    task: 'classification',
    reason: `the target has ${distinct.size} distinct ${distinct.size === 1 ? 'integer' : 'integers'}; --task regression takes them for quantities`,
  };
}
