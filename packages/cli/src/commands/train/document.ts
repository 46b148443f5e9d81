/** The document of `vinculum train --json`: what was learned, from which rows, and how good it is. */
import { preparationNotes } from 'vinculum';
import { checkBackend, type Computing } from '../../compute.ts';
import { rolesDocument } from '../../roles.ts';
import { metricsDocument, targetsDocument } from '../../score.ts';
import type { JudgedTraining } from './judge.ts';
import { epochsOf } from './model-texts.ts';
import { rowCounts } from './rows.ts';

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
