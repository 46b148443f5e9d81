/**
 * What a training run leaves for programs: the texts in the model file, and the document of `--json`.
 */
import { preparationNotes, type Column, type History } from 'vinculum';
import type { RecipeResult } from 'vinculum/internal';
import { checkBackend, type Computing } from '../../compute.ts';
import { rolesDocument } from '../../roles.ts';
import { metricsDocument, targetsDocument } from '../../score.ts';
import type { JudgedTraining } from './judge.ts';
import { rowCounts, type TrainingData } from './rows.ts';

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
  const { targets } = rows.known;
  const names = targets.map(({ name }) => name);
  const readings = rows.task === 'regression' ? targets.map(readingOf) : [];
  const { roles } = rolesDocument(rows.roles);
  return {
    ...(names.length === 1 ? { target: targets[0].name } : { targets: JSON.stringify(names) }),
    ...(readings.every((one) => one === null)
      ? {}
      : { targetReading: JSON.stringify(readings.length === 1 ? readings[0] : readings) }),
    ...(roles === undefined ? {} : { roles: JSON.stringify(roles) }),
    loss,
    training: JSON.stringify(training),
  };
}

/** How the numbers of a target were read; null if they were plain. */
function readingOf({ reading }: Column): object | null {
  const { decimal, unit } = reading ?? {};
  return (decimal ?? unit) === undefined ? null : { decimal, unit };
}

/** The document of `--json`. */
export function documentOf(training: JudgedTraining, seed: number, compute: Computing): object {
  const { rows, trained, test, validation, baseline, warnings, saved } = training;
  return {
    schema: 'vinculum.train/1',
    task: rows.task,
    ...targetsDocument(rows.known.targets.map(({ name }) => name)),
    ...(rows.task === 'classification' ? { classes: rows.classes } : {}),
    ...rolesDocument(rows.roles),
    rows: rowCounts(rows),
    metrics: {
      ...(validation === undefined ? {} : { validation: metricsDocument(validation) }),
      ...(test === undefined ? {} : { test: metricsDocument(test) }),
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
    model: saved.path,
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
