/** The command line of `vinculum predict MODEL DATA`. */
import {
  DATA_ARGUMENT,
  DATA_DIR,
  MESSAGE_FLAGS,
  MODEL_ARGUMENT,
  type MessagePlan,
} from '../../command-line/common-flags.ts';
import { READER_FLAGS, type ReaderPlan } from '../../command-line/reader-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { choice, list, number, text, toggle, type Flags } from '../../command-line/flag.ts';

/** How the predictions are written. */
export const FORMATS = ['csv', 'jsonl'] as const;

/** The data to predict, and the place for the predictions. */
export interface PredictPlan extends MessagePlan, ReaderPlan {
  readonly model: string;
  readonly data: string;
  readonly proba: boolean;
  /** The probability with which an interval is to hold the true number; absent, no intervals are written. */
  readonly interval?: number | undefined;
  readonly format: (typeof FORMATS)[number];
  /** Absent: stdout. */
  readonly output?: string | undefined;
  readonly dataDir?: string | undefined;
  /** Columns of DATA to write beside the predictions. */
  readonly keep?: readonly string[] | undefined;
  /** Whether all columns of DATA are written beside the predictions. */
  readonly withInput: boolean;
}

const flags: Flags<PredictPlan> = {
  model: MODEL_ARGUMENT,
  data: DATA_ARGUMENT,
  proba: toggle({ help: 'add a column of probabilities for each class' }),
  interval: number({
    word: 'p',
    above: 0,
    below: 1,
    example: '0.9',
    help: 'add low and high, between which the true number is with this probability',
  }),
  keep: list({ word: 'columns', help: 'write these columns of DATA first, with commas between' }),
  withInput: toggle({ help: 'write all columns of DATA first' }),
  format: choice(FORMATS, {
    short: 'f',
    word: 'format',
    help: 'of the predictions',
    default: 'csv',
  }),
  output: text({ short: 'o', word: 'file', path: 'file', help: 'write there, not to stdout' }),
  dataDir: DATA_DIR,
  ...READER_FLAGS,
  ...MESSAGE_FLAGS,
};

export const commandLine: CommandLine<PredictPlan> = {
  example: 'vinculum predict runs/penguins/model.safetensors examples/data/penguins.csv',
  flags,
};
