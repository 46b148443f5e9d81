/** What a trained model is worth: its scores, the score of a guess, and what makes a score worth less than it seems. */
import type { DataNote } from 'vinculum';
import type { RecipeResult } from 'vinculum/internal';
import { pickRows } from '../../labelled-rows.ts';
import type { OpenModel } from '../../open-model.ts';
import type { Score } from '../../score.ts';
import { scoreOf } from '../../scoring.ts';
import { baselineOf, type Baseline } from './baseline.ts';
import { validationRows, type TrainingData } from './rows.ts';
import type { SavedTraining } from './train-and-save.ts';
import { warningsOf } from './warnings.ts';

/** A training and what it is worth. */
export interface JudgedTraining extends SavedTraining {
  /** On the rows held out. */
  readonly test: Score | undefined;
  /** On the rows that early stopping watched. */
  readonly validation: Score | undefined;
  readonly baseline: Baseline | undefined;
  readonly warnings: readonly DataNote[];
}

/** Measures the saved model. */
export function judge(training: SavedTraining): JudgedTraining {
  const { rows, trained, saved } = training;
  const { open } = saved;
  const test = rows.test && scoreOf(open, rows.test, rows.roles);
  const validation = validationScore(open, rows, trained);
  const baseline = baselineOf(rows);
  const { histories } = trained;
  const warnings = warningsOf({ rows, test, baseline, histories, epochs: rows.sized.epochs });
  return { ...training, test, validation, baseline, warnings };
}

/**
 * The score on rows that were held out from the training. An ensemble is measured by what each network says of the rows that it has held
 * out, because no row is unknown to all networks. Such a score is a little lower than that of the ensemble.
 */
function validationScore(
  open: OpenModel,
  rows: TrainingData,
  { outOfFold }: RecipeResult,
): Score | undefined {
  if (open.networks.length > 1) {
    return (
      outOfFold &&
      scoreOf(
        { ...open, predict: () => outOfFold.outputs },
        pickRows(rows.known, outOfFold.rows),
        rows.roles,
        outOfFold.rows.length,
      )
    );
  }
  const held = validationRows(rows);
  return held && scoreOf(open, held, rows.roles);
}
