/**
 * The settings of the step that `explain` shows: those of the model's own training, which the plan in its file says. A bare
 * network has no plan, so its step is Adam's with the defaults.
 */
import { adam, type Label, type Optimizer, type TrainPlan, type TraceStepOptions } from 'vinculum';
import type { OpenModel } from '../../open-model.ts';

/** Options of `traceStep`, with the optimiser known. */
export type StepSettings = TraceStepOptions & { readonly optimizer: Optimizer };

/**
 * The settings for a step on some rows.
 *
 * @param open - the model
 * @param rows - of the step
 */
export function stepSettings({ model, loss, classes }: OpenModel, rows: number): StepSettings {
  if (model.kind === 'network') return { loss, optimizer: adam() };
  const { plan } = model;
  const classWeights = factorsOf(plan, classes);
  return {
    loss: plan.loss,
    optimizer: plan.optimizer,
    l1: plan.l1,
    l2: plan.l2 + plan.l2ByBatch / rows,
    ...(plan.maxNorm === undefined ? {} : { maxNorm: plan.maxNorm }),
    ...(plan.clip === undefined ? {} : { clip: plan.clip }),
    ...(classWeights === undefined ? {} : { classWeights }),
  };
}

/** Whether the model was trained with balanced class weights. A few rows do not tell them, and the file does not hold them. */
export function hasBalancedWeights({ model }: OpenModel): boolean {
  return model.kind === 'classifier' && model.plan.classWeights === 'balanced';
}

/** The factors of the classes where the plan names them; 1 for a class that it does not name. */
function factorsOf({ classWeights }: TrainPlan, classes: readonly Label[]): number[] | undefined {
  if (classWeights === undefined || classWeights === 'balanced') return undefined;
  const factors = new Map(classWeights);
  return classes.map((label) => factors.get(label) ?? 1);
}
