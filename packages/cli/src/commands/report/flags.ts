/** The command line of `vinculum report RUN|MODEL [DATA]`. */
import {
  MESSAGE_FLAGS,
  ROW_FLAGS,
  type MessagePlan,
  type RowPlan,
} from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { argument, text } from '../../command-line/flag.ts';
import { DATA_FORMS } from '../../data-sources.ts';

export interface ReportPlan extends RowPlan, MessagePlan {
  readonly source: string;
  readonly data?: string | undefined;
  readonly output?: string | undefined;
}

export const commandLine: CommandLine<ReportPlan> = {
  example: 'vinculum report runs/digits/model.safetensors examples/data/digits.csv',
  flags: {
    source: argument({
      path: 'file',
      help: 'the folder of a run, whose report is made again; or a model, with DATA',
    }),
    data: argument({ optional: true, path: 'file', help: `rows with their truth: ${DATA_FORMS}` }),
    output: text({
      short: 'o',
      word: 'file',
      path: 'file',
      help: 'where the report goes, - for stdout',
      defaultText: 'report.html, of a run in its folder',
    }),
    ...ROW_FLAGS,
    ...MESSAGE_FLAGS,
  },
};
