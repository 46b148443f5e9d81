/**
 * Flags that several commands share, with the part of a plan that they fill.
 */
import type { BackendChoice, Numerics } from 'vinculum';
import { READER_FLAGS, type ReaderPlan } from './reader-flags.ts';
import { BACKENDS, NUMERICS, THREADS } from '../choices.ts';
import { DATA_FORMS, DATA_SETS } from '../data-sources.ts';
import { argument, choice, list, text, toggle, whole, type Flag, type Flags } from './flag.ts';

/** How much a command says, and in which form. */
export interface MessagePlan {
  readonly quiet: boolean;
  readonly debug: boolean;
}

/** Every command has them. */
export const MESSAGE_FLAGS: Flags<MessagePlan> = {
  quiet: toggle({ short: 'q', help: 'no messages but errors' }),
  debug: toggle({ help: 'print the stack of an error' }),
};

/** A command with one document as its output. */
export interface JsonPlan extends MessagePlan {
  readonly json: boolean;
}

export const JSON_FLAGS: Flags<JsonPlan> = {
  json: toggle({ help: 'print one JSON document on stdout' }),
  ...MESSAGE_FLAGS,
};

/** What computes. */
export interface ComputePlan {
  readonly backend?: BackendChoice | undefined;
  readonly threads?: number | undefined;
  readonly numerics?: Numerics | undefined;
}

export const COMPUTE_FLAGS: Flags<ComputePlan> = {
  backend: choice(BACKENDS, {
    environment: 'VINCULUM_BACKEND',
    word: 'name',
    help: 'what computes',
    defaultText: 'auto',
  }),
  threads: whole({
    ...THREADS,
    environment: 'VINCULUM_THREADS',
    word: 'n',
    help: 'threads to compute with',
    defaultText: 'as many as the work is worth',
    example: '1',
  }),
  numerics: choice(NUMERICS, {
    environment: 'VINCULUM_NUMERICS',
    word: 'kind',
    help: 'how products are added: fused is faster on many processors, with bits of its own',
    defaultText: 'portable',
  }),
};

/** Where the rows of a data set and their truth are. */
export interface RowPlan extends ReaderPlan {
  readonly target?: readonly string[] | undefined;
  readonly dataDir?: string | undefined;
}

/** The folder of a data set that is a name and not a file. */
export const DATA_DIR: Flag<string> = text({
  word: 'dir',
  path: 'folder',
  help: `the folder of the files of ${DATA_SETS.join(' or ')}`,
});

export const ROW_FLAGS: Flags<RowPlan> = {
  target: list({
    short: 't',
    word: 'column',
    help: 'the column of the truth; one for each target of the model',
    defaultText: 'as in training',
  }),
  dataDir: DATA_DIR,
  ...READER_FLAGS,
};

/** A file of settings. */
export const CONFIG: Flag<string> = text({
  short: 'c',
  word: 'file',
  path: 'file',
  help: 'settings as JSON, by the names of the flags in camelCase; flags override them',
});

/** DATA. */
export const DATA_ARGUMENT: ReturnType<typeof argument> = argument({
  path: 'file',
  help: DATA_FORMS,
});

/** MODEL. */
export const MODEL_ARGUMENT: ReturnType<typeof argument> = argument({
  path: 'file',
  help: "model.safetensors, as 'train' writes it",
});
