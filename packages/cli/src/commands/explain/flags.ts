/** The command line of `vinculum explain MODEL DATA --row N`. */
import {
  DATA_ARGUMENT,
  JSON_FLAGS,
  MODEL_ARGUMENT,
  ROW_FLAGS,
  type JsonPlan,
  type RowPlan,
} from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { rows, toggle, type Flags } from '../../command-line/flag.ts';
import type { RowRange } from '../../command-line/readers.ts';

/** Which rows to explain, and how to print the step. */
export interface ExplainPlan extends JsonPlan, RowPlan {
  readonly model: string;
  readonly data: string;
  readonly row?: RowRange | undefined;
  readonly rows?: RowRange | undefined;
  readonly latex: boolean;
  readonly full: boolean;
}

const { target, dataDir, ...readerFlags } = ROW_FLAGS;

const flags: Flags<ExplainPlan> = {
  model: MODEL_ARGUMENT,
  data: DATA_ARGUMENT,
  row: rows({ word: 'n', help: 'the data row, counted from 1' }),
  rows: rows({ word: 'a-b', help: 'a batch of rows' }),
  target,
  latex: toggle({ help: 'print equations in LaTeX' }),
  full: toggle({ help: 'print matrices whole, however large' }),
  dataDir,
  ...readerFlags,
  ...JSON_FLAGS,
};

export const commandLine: CommandLine<ExplainPlan> = {
  example: 'vinculum explain runs/penguins/model.safetensors examples/data/penguins.csv --row 1',
  flags,
};
