/** The flags that say which rows of which data `vinculum train` learns from, and how these are read. */
import { TASKS } from '../../choices.ts';
import { DATA_ARGUMENT, DATA_DIR } from '../../command-line/common-flags.ts';
import { choice, list, reading, text, toggle, type Flags } from '../../command-line/flag.ts';
import { READER_FLAGS, type ReaderPlan } from '../../command-line/reader-flags.ts';
import { readSplit, type SplitFractions } from '../../command-line/readers.ts';
import { ROLE_FLAGS, type RoleSelection } from './role-flags.ts';

/** Which rows are known, and how they are read. */
export interface KnownRows extends ReaderPlan, RoleSelection {
  readonly data: string;
  /** One column, or several that one model predicts together. */
  readonly target?: readonly string[] | undefined;
  readonly task?: (typeof TASKS)[number] | undefined;
  readonly dataDir?: string | undefined;
}

/** Which of the known rows are held out. */
interface HeldOutRows {
  readonly test?: string | undefined;
  readonly split?: SplitFractions | undefined;
  /** Whether no row is held out. */
  readonly fitAll: boolean;
}

/** Which rows are learned from, and which judge the result. */
export interface RowSelection extends KnownRows, HeldOutRows {}

const targetFlags: Flags<Pick<KnownRows, 'data' | 'target' | 'task'>> = {
  data: DATA_ARGUMENT,
  target: list({
    short: 't',
    word: 'column',
    help: 'the column to predict; several are predicted together: numbers, or yes-or-no labels',
  }),
  task: choice(TASKS, { word: 'task', help: 'what to learn; by default the target tells' }),
};

const heldOutFlags: Flags<HeldOutRows> = {
  test: text({ word: 'file', path: 'file', help: 'a table to test on, in place of held-out rows' }),
  split: reading(readSplit, {
    word: 'fraction',
    help: 'fraction held out, or training/validation/test such as 0.7/0.1/0.2',
    defaultText: '0.2',
  }),
  fitAll: toggle({ help: 'learn from every row, and hold none out' }),
};

/** The flags of commands that hold out rows by themselves. */
export const KNOWN_ROW_FLAGS: Flags<KnownRows> = {
  ...targetFlags,
  ...ROLE_FLAGS,
  dataDir: DATA_DIR,
  ...READER_FLAGS,
};

export const ROW_SELECTION_FLAGS: Flags<RowSelection> = {
  ...targetFlags,
  ...heldOutFlags,
  ...ROLE_FLAGS,
  dataDir: DATA_DIR,
  ...READER_FLAGS,
};
