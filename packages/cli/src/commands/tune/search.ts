/** The search of `vinculum tune`: draws the trials, measures them on folds of the rows to learn from, and tells how they did. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { VinculumError, type CrossValidation, type MetricName } from 'vinculum';
import {
  drawTrial,
  foldsOfRequest,
  readSpace,
  searchPlans,
  withMembers,
  type Outcome,
} from 'vinculum/internal';
import type { Computing } from '../../compute.ts';
import { flagName } from '../../command-line/flag-name.ts';
import type { Host } from '../../host.ts';
import { listenForStop } from '../../interrupt.ts';
import { countRows } from '../../labelled-rows.ts';
import { teller, type Tell } from '../../messages.ts';
import { CROSS_METRICS } from '../cv/scores.ts';
import type { TrainOptions } from '../train/flags.ts';
import { planOfFlags } from '../train/plan.ts';
import { requestOf, taskNote } from '../train/request.ts';
import { readTrainingData, type TrainingData } from '../train/rows.ts';
import type { TuneOptions } from './flags.ts';
import { spaceFor, type Drawn } from './space.ts';

/** What a signal means. */
const NO_RESULT = 'interrupted before the last trial was measured: there is no result.';

/** A setting that was tried. */
export interface Trial {
  /** The values of the flags that are searched; none for the first trial. */
  readonly drawn: Drawn;
  /** The most epochs of a training. */
  readonly epochs: number;
  /** Absent if a training diverged. */
  readonly scores?: CrossValidation | undefined;
}

/** The result of a search. */
export interface Search {
  readonly flags: TuneOptions;
  readonly rows: TrainingData;
  readonly trials: readonly Trial[];
  /** The place of the winner. */
  readonly best: number;
  /** The metric that decides, as the command and as the library name it. */
  readonly metric: readonly [name: string, metric: MetricName];
  readonly compute: Computing;
}

/** Searches by the flags. */
export async function searchFor(
  flags: TuneOptions,
  plain: TrainOptions,
  compute: Computing,
  host: Host,
): Promise<Search> {
  const tell = teller(flags, host);
  const stop = listenForStop(host, NO_RESULT);
  try {
    const plan = planOfFlags(plain, compute.numerics);
    const rows = await stop.orStopped(readTrainingData(plan, host, tell));
    tell(taskNote(rows));
    const dimensions = readSpace('tune', spaceFor(flags, countRows(rows.known)));
    const drawn = Array.from({ length: flags.trials }, (_, trial): Drawn =>
      trial === 0 ? {} : drawTrial(dimensions, plan.seed, trial),
    );
    const plans = drawn.map((values) => {
      const one = planOfFlags({ ...plain, ...values }, compute.numerics).training[rows.task];
      // The best settings of one network are those of its ensemble too, and found in a fraction of the time.
      return flags.members === undefined ? withMembers(one, 1) : one;
    });
    const request = {
      ...requestOf('tune', rows, plans[0]!),
      run: { ...compute, signal: stop.signal },
    };
    const metric = decidingMetric(rows);
    const others = CROSS_METRICS[rows.task].map(([, name]) => name);
    const { outcomes, best } = await searchPlans({
      request,
      plans,
      method: flags.method,
      splits: foldsOfRequest(request, flags.folds, plan.seed),
      metrics: [metric[1], ...others.filter((name) => name !== metric[1])],
      onMeasured: (outcome) => tell(trialNote(outcome, metric, drawn)),
    });
    await nextTurn();
    stop.signal.throwIfAborted();
    const trials = outcomes.map(({ place, ...rest }) => ({ drawn: drawn[place]!, ...rest }));
    const search = { flags, rows, trials, best, metric, compute };
    tellBest(search, tell);
    return search;
  } catch (error) {
    if (error instanceof VinculumError && error.code === 'aborted') stop.signal.throwIfAborted();
    throw error;
  } finally {
    stop.close();
  }
}

/** Whether no trial has a score. */
export function isNaNScore({ trials, best }: Search): boolean {
  return trials[best]?.scores === undefined;
}

/** A loss decides, because it also moves where no prediction changes its class. */
function decidingMetric({ task }: TrainingData): Search['metric'] {
  return task === 'regression' ? ['rmse', 'rmse'] : ['loss', 'logLoss'];
}

function trialNote(
  { place, epochs, scores }: Outcome,
  [name, metric]: Search['metric'],
  drawn: readonly Drawn[],
): string {
  const value = scores?.mean[metric];
  const result = value === undefined ? 'diverged' : `${name} ${Number(value.toPrecision(4))}`;
  return `trial ${place + 1} of ${drawn.length}, ${epochs} epochs: ${result} (${words(drawn[place]!)})`;
}

/** `--hidden 64,32 --learning-rate 0.002`, or that nothing was changed. */
function words(drawn: Drawn): string {
  const flags = Object.entries(drawn).map(([name, value]) => `${flagName(name)} ${String(value)}`);
  return flags.length === 0 ? 'as train has it' : flags.join(' ');
}

function tellBest({ trials, best, metric: [name, metric] }: Search, tell: Tell): void {
  const value = (index: number): number => trials[index]?.scores?.mean[metric] ?? NaN;
  const shown = `${name} ${value(best).toPrecision(4)}, with the settings of train ${value(0).toPrecision(4)}`;
  tell(`best: trial ${best + 1}: ${shown} (${words(trials[best]!.drawn)})`);
}
