/**
 * What a training run leaves for programs: the texts in the model file, and the document of `--json`.
 */
import { preparationNotes, type DataNote, type History } from 'vinculum';
import type { RecipeResult } from 'vinculum/internal';
import { checkBackend, type Computing } from '../../compute.ts';
import type { Score } from '../../scoring.ts';
import { rowCounts, type TrainingData } from './rows.ts';
import type { Baseline } from './warnings.ts';

/** Texts for the file in addition to the plan: the results of the run, without time, place or machine. */
export function metadataOf(
  rows: TrainingData,
  loss: string,
  { histories, batchSize, outOfFold }: RecipeResult,
): Record<string, string> {
  const training = {
    batchSize,
    ...epochsOf(histories),
    rows: rowCounts(rows),
    ...(outOfFold && { outOfFold: { rows: outOfFold.rows.length, ...outOfFold.metrics } }),
  };
  const { name, reading } = rows.known.target;
  const { decimal, unit } = reading ?? {};
  const isPlain = rows.task === 'classification' || (decimal ?? unit) === undefined;
  return {
    target: name,
    ...(isPlain ? {} : { targetReading: JSON.stringify({ decimal, unit }) }),
    loss,
    training: JSON.stringify(training),
  };
}

/** The content of the document in addition to the rows. */
export interface Outcome {
  readonly trained: RecipeResult;
  readonly test: Score | undefined;
  readonly validation: Score | undefined;
  readonly baseline: Baseline | undefined;
  readonly warnings: readonly DataNote[];
  readonly seed: number;
  /** Of the model file. */
  readonly path: string;
  readonly compute: Computing;
}

/** The document of `--json`. */
export function documentOf(rows: TrainingData, outcome: Outcome): object {
  const { trained, test, validation, baseline, warnings, seed, path, compute } = outcome;
  return {
    schema: 'vinculum.train/1',
    task: rows.task,
    target: rows.known.target.name,
    ...(rows.task === 'classification' ? { classes: rows.classes } : {}),
    rows: rowCounts(rows),
    metrics: {
      ...(validation === undefined ? {} : { validation: Object.fromEntries(validation.metrics) }),
      ...(test === undefined ? {} : { test: Object.fromEntries(test.metrics) }),
      ...(baseline === undefined ? {} : { baseline: baseline.metrics }),
    },
    ...epochsOf(trained.histories),
    seconds: trained.seconds,
    parameters: trained.networks.reduce((sum, net) => sum + net.parameterCount, 0),
    notes: preparationNotes(trained.preparation),
    warnings,
    seed,
    backend: checkBackend(compute.backend, compute.numerics),
    numerics: compute.numerics,
    model: path,
  };
}

/** How long the training was, in epochs; of an ensemble for each network. */
function epochsOf([history, ...others]: RecipeResult['histories']): object {
  if (others.length === 0) return lengthOf(history);
  return { members: [history, ...others].map((one) => lengthOf(one)) };
}

function lengthOf({ epochs, bestEpoch, stoppedBy }: History): object {
  return { epochs: epochs.length, bestEpoch, stoppedBy };
}
