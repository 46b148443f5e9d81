/** What a search leaves for programs: the settings of the winner, and the document of `--json`. */
import { checkBackend } from '../../compute.ts';
import type { Json, Settings } from '../../command-line/settings.ts';
import { countRows } from '../../labelled-rows.ts';
import { rolesDocument } from '../../roles.ts';
import { targetsDocument } from '../../score.ts';
import { namedMetrics } from '../cv/scores.ts';
import type { Search, Trial } from './search.ts';

/** The flags that only a search has. */
const OF_THE_SEARCH = ['trials', 'method', 'folds', 'output'];

/** The settings of `train` that won, from those in force. */
export function settingsOf({ trials, best }: Search, inForce: Settings): Settings {
  const kept = [...inForce].filter(([name]) => !OF_THE_SEARCH.includes(name));
  const won = Object.entries(trials[best]!.drawn) as [string, Json][];
  return new Map<string, Json>([['activation', 'relu'], ...kept, ...won]);
}

/**
 * The document of `--json`.
 *
 * @param settings - of the winner, as the text of a file
 */
export function documentOf(search: Search, settings: string): object {
  const { flags, rows, trials, best, metric, compute } = search;
  const { task, classes, known, roles, warnings } = rows;
  return {
    schema: 'vinculum.tune/1',
    task,
    ...targetsDocument(known.targets.map(({ name }) => name)),
    ...(task === 'classification' ? { classes } : {}),
    ...rolesDocument(roles),
    rows: countRows(known),
    method: flags.method,
    folds: flags.folds,
    metric: metric[0],
    trials: trials.map((trial) => trialDocument(search, trial)),
    // Counted from 1, as the messages count them.
    best: best + 1,
    settings: JSON.parse(settings) as object,
    ...(warnings.length === 0 ? {} : { warnings }),
    seed: flags.seed ?? 0,
    backend: checkBackend(compute.backend),
  };
}

function trialDocument({ rows: { task } }: Search, { drawn, epochs, scores }: Trial): object {
  return {
    settings: drawn,
    epochs,
    ...(scores === undefined
      ? { diverged: true }
      : {
          metrics: namedMetrics(task, scores.mean),
          standardDeviation: namedMetrics(task, scores.deviation),
        }),
  };
}
