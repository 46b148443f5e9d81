/** The texts that a training writes into the model file. */
import type { Column, History } from 'vinculum';
import type { RecipeResult } from 'vinculum/internal';
import { rolesDocument } from '../../roles.ts';
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

/** How long the training was, in epochs; of an ensemble for each network. */
export function epochsOf([history, ...others]: RecipeResult['histories']): object {
  if (others.length === 0) return lengthOf(history);
  return { members: [history, ...others].map((one) => lengthOf(one)) };
}

function lengthOf({ epochs, bestEpoch, stoppedBy }: History): object {
  return { epochs: epochs.length, bestEpoch, stoppedBy };
}
