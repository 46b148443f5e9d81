/** The command line of `vinculum describe DATA`. */
import { DATA_ARGUMENT, JSON_FLAGS, type JsonPlan } from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { text, type Flags } from '../../command-line/flag.ts';
import { READER_FLAGS, type ReaderPlan } from '../../command-line/reader-flags.ts';

/** The table to describe. */
export interface DescribePlan extends JsonPlan, ReaderPlan {
  readonly data: string;
  readonly target?: string | undefined;
}

const flags: Flags<DescribePlan> = {
  data: DATA_ARGUMENT,
  target: text({
    short: 't',
    word: 'column',
    help: 'the column to predict, to find what copies it',
  }),
  ...READER_FLAGS,
  ...JSON_FLAGS,
};

export const commandLine: CommandLine<DescribePlan> = {
  example: 'vinculum describe examples/data/penguins.csv -t species',
  flags,
};
