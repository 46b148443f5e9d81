/**
 * What a classifier learns from given labels: one class a row by softmax cross-entropy, or several labels a row by binary
 * cross-entropy. The plan of a classifier is the same for both but for its loss and the score that it watches.
 */
import {
  encodeLabelsFor,
  findClassesFor,
  type Classes,
  type LabelInput,
} from '../arrays/labels.ts';
import type { LossKind } from '../losses/loss.ts';
import { dataError, rangeError } from '../words/fault.ts';
import { show, showAll } from '../words/options.ts';
import { readLabelRows, type LabelRows, type ReadLabelRows } from './label-rows.ts';
import type { TrainPlan } from './plan.ts';
import type { TargetRows } from './recipe-request.ts';
import { scoreOf } from './score.ts';

/** What a fit learns. */
export interface ClassifierTask {
  readonly plan: TrainPlan;
  /** One for each output; of several labels a row their indices. */
  readonly classes: Classes;
  /** What the labels of a row are; undefined if a row has one. */
  readonly form: ReadLabelRows['form'] | undefined;
  /** Labels in the form of the recipe. @throws {DataError} when one of them cannot be learned */
  targetsOf(
    where: string,
    labels: LabelInput | LabelRows,
    rows: number,
  ): Pick<TargetRows, 'targets' | 'columns'>;
}

/** Learns one class a row. */
export function classTask(where: string, plan: TrainPlan, labels: LabelInput): ClassifierTask {
  const classes = findClassesFor(where, labels);
  return {
    plan: withLoss(plan, 'softmax-cross-entropy'),
    classes,
    form: undefined,
    targetsOf(at, some, rows) {
      const targets = encodeLabelsFor(at, classes, some as LabelInput, rows);
      if (classes.length >= 2) return { targets, columns: 1 };
      throw dataError({
        where: at,
        subject: 'labels',
        rule: 'must have at least 2 classes',
        got: classes.length === 0 ? 'none' : `only ${show(classes[0])}`,
      });
    },
  };
}

/** Learns several labels a row. @throws {RangeError} when the plan has class weights, which need one class a row */
export function labelTask(
  where: string,
  plan: TrainPlan,
  labels: LabelRows,
  rows: number,
): ClassifierTask {
  if (plan.classWeights !== undefined) {
    throw rangeError({
      where,
      subject: 'classWeight',
      rule: 'must go with one label a row; these rows may have several',
      remedy: ' Use sampleWeight.',
    });
  }
  const { columns, form } = readLabelRows(where, labels, rows);
  return {
    plan: labelPlan(plan),
    classes: Array.from({ length: columns }, (_, index) => index),
    form,
    targetsOf(at, some, count) {
      return { targets: labelTargets(at, some as LabelRows, count, columns), columns };
    },
  };
}

/** The plan for rows that may have several labels. */
export function labelPlan(plan: TrainPlan): TrainPlan {
  return withLoss(plan, 'binary-cross-entropy');
}

/** Rows of labels as targets. @throws {RangeError} when a row has another number of them than the classifier has */
export function labelTargets(
  where: string,
  labels: LabelRows,
  rows: number,
  columns: number,
): Float64Array {
  const read = readLabelRows(where, labels, rows);
  if (read.columns === columns) return read.data;
  throw wrongLabelCount(where, columns, read.columns);
}

/** The error for rows of another number of labels than the classifier has. */
function wrongLabelCount(where: string, labels: number, got: number): RangeError {
  return rangeError({
    where,
    subject: 'rows of labels',
    rule: `must have ${labels} labels each, as in the fit`,
    got,
  });
}

/** @throws {RangeError} when labels are of another kind than those that were learned before */
export function checkSameTask(
  where: string,
  before: (Pick<ClassifierTask, 'classes'> & { readonly labels?: unknown }) | undefined,
  { classes, form }: ClassifierTask,
): void {
  if (before === undefined) return;
  if ((before.labels === undefined) !== (form === undefined)) {
    throw rangeError({
      where,
      subject: 'labels',
      rule: `must be ${before.labels === undefined ? 'one a row' : 'rows of labels'}, as in the pass before`,
    });
  }
  if (form !== undefined && classes.length !== before.classes.length) {
    throw wrongLabelCount(where, before.classes.length, classes.length);
  }
}

/**
 * What a fit that goes on from another one must have in common with it.
 *
 * @throws {RangeError} when the classes are others, or the labels of another kind
 */
export function checkSameClasses(
  where: string,
  before: (Pick<ClassifierTask, 'classes'> & { readonly labels?: unknown }) | undefined,
  task: ClassifierTask,
): void {
  checkSameTask(where, before, task);
  if (before === undefined || task.form !== undefined) return;
  const { classes } = before;
  const same = task.classes.every((one, index) => one === classes[index]);
  if (same && task.classes.length === classes.length) return;
  throw rangeError({
    where,
    subject: 'labels',
    rule: `must have the classes of the fit before, ${showAll(classes)}, with warmStart`,
    got: showAll(task.classes),
    remedy: ' Without warmStart the fit begins anew.',
  });
}

function withLoss(plan: TrainPlan, kind: LossKind): TrainPlan {
  const { loss, stopping } = plan;
  if (loss.kind === kind) return plan;
  const monitor = stopping.monitor === scoreOf(loss.kind) ? scoreOf(kind) : stopping.monitor;
  return { ...plan, loss: { ...loss, kind }, stopping: { ...stopping, monitor } };
}
