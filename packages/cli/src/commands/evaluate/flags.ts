/** The command line of `vinculum evaluate MODEL DATA`. */
import {
  DATA_ARGUMENT,
  JSON_FLAGS,
  MODEL_ARGUMENT,
  ROW_FLAGS,
  type JsonPlan,
  type RowPlan,
} from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { reading, text, type Flags } from '../../command-line/flag.ts';
import { readBar, type Bar } from '../../command-line/readers.ts';
import type { WeightPlan } from '../../model-rows.ts';
import { readMetricNames } from './asked-metrics.ts';

/** What to measure, on which rows, and the bars that a metric must reach. */
export interface EvaluatePlan extends JsonPlan, RowPlan, WeightPlan {
  readonly model: string;
  readonly data: string;
  readonly failUnder: readonly Bar[];
  /** Metrics to measure beside the usual ones. */
  readonly metrics: readonly string[];
}

const { target, dataDir, ...readerFlags } = ROW_FLAGS;

const flags: Flags<EvaluatePlan> = {
  model: MODEL_ARGUMENT,
  data: DATA_ARGUMENT,
  target,
  weight: text({
    word: 'column',
    help: 'how much each row counts',
    defaultText: 'as in training, if DATA has the column',
    once: 'rows have one weight: multiply the columns in the file',
  }),
  metrics: reading(readMetricNames, {
    word: 'names',
    help: "measure these metrics too, with commas between, or 'all'",
    repeats: true,
    default: [],
    defaultText: 'the usual ones',
  }),
  failUnder: reading(readBar, {
    word: 'metric=bar',
    help: 'exit 5 if the metric is below; may be repeated',
    repeats: true,
    default: [],
    defaultText: 'no bar',
  }),
  dataDir,
  ...readerFlags,
  ...JSON_FLAGS,
};

export const commandLine: CommandLine<EvaluatePlan> = {
  example: 'vinculum evaluate runs/penguins/model.safetensors examples/data/penguins.csv',
  flags,
};
