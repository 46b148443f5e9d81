/** The command line of `vinculum check [MODEL DATA]`. */
import {
  JSON_FLAGS,
  ROW_FLAGS,
  type JsonPlan,
  type RowPlan,
} from '../../command-line/common-flags.ts';
import { DATA_ARGUMENT, MODEL_ARGUMENT } from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { rows, type Flags } from '../../command-line/flag.ts';
import type { RowRange } from '../../command-line/readers.ts';

/** What to check: the machine, or a model on some rows. */
export interface CheckPlan extends JsonPlan, RowPlan {
  readonly model?: string | undefined;
  readonly data?: string | undefined;
  readonly rows: RowRange;
}

const { target, dataDir, ...readerFlags } = ROW_FLAGS;

const flags: Flags<CheckPlan> = {
  model: { ...MODEL_ARGUMENT, optional: true },
  data: { ...DATA_ARGUMENT, optional: true },
  rows: rows({
    word: 'a-b',
    help: 'the rows to check on',
    default: { first: 1, last: 8 },
    defaultText: '1-8',
  }),
  target,
  dataDir,
  ...readerFlags,
  ...JSON_FLAGS,
};

export const commandLine: CommandLine<CheckPlan> = {
  example: 'vinculum check',
  flags,
};
