/**
 * The command line as users see it: commands, options, defaults and help. What a command does is in
 * `commands/`, loaded only when it runs, so that help and errors come at once.
 */
import { Command, Option } from 'commander';
import {
  choiceReader,
  collect,
  numberReader,
  readBar,
  readHidden,
  readSplit,
  rowRangeReader,
} from './arguments.ts';
import type { Host } from './host.ts';
import { commandVersion } from './version.ts';

/** What `--threads` and `VINCULUM_THREADS` take. */
export const THREADS = { integer: true, min: 1, max: 256 } as const;

/** The choices of options, for help, checks and hints. */
export const CHOICES = {
  task: ['classification', 'regression'],
  activation: [
    'relu',
    'tanh',
    'sigmoid',
    'gelu',
    'silu',
    'elu',
    'selu',
    'leaky-relu',
    'softplus',
    'identity',
  ],
  optimizer: ['adam', 'adamw', 'sgd', 'rmsprop', 'adagrad'],
  schedule: ['constant', 'cosine', 'exponential', 'step', 'warmup', 'one-cycle', 'plateau'],
  loss: ['mse', 'mae', 'huber'],
  backend: ['auto', 'reference', 'wasm', 'native', 'webgpu'],
} as const;

/** An example of each command, for help and hints. */
export const EXAMPLES: ReadonlyMap<string, string> = new Map([
  ['train', 'vinculum train examples/data/penguins.csv -t species'],
  ['predict', 'vinculum predict runs/penguins/model.safetensors examples/data/penguins.csv'],
  ['evaluate', 'vinculum evaluate runs/penguins/model.safetensors examples/data/penguins.csv'],
  [
    'explain',
    'vinculum explain runs/penguins/model.safetensors examples/data/penguins.csv --row 1',
  ],
  ['check', 'vinculum check'],
  ['inspect', 'vinculum inspect runs/penguins/model.safetensors'],
  ['doctor', 'vinculum doctor'],
]);

/** Sets the exit code of the run. */
export type SetExitCode = (code: number) => void;

/**
 * The program, ready to parse. It writes through `host` and never ends the process: errors are thrown.
 *
 * @param setExitCode - called by a command that ends well with another code than 0
 */
export function buildProgram(host: Host, setExitCode: SetExitCode): Command {
  const program = new Command('vinculum')
    .description('Feed-forward neural networks: train, run and look inside, on your own tables.')
    .version(commandVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => host.stdout.columns,
      getErrHelpWidth: () => host.stderr.columns,
    })
    .addHelpText(
      'before',
      'Examples:\n  $ vinculum train data.csv -t target\n  $ vinculum predict runs/data/model.safetensors new.csv\n',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong command line, 3 bad data, 4 diverged, 5 below --fail-under, 130 interrupted.',
    );
  const run =
    <Options>(load: () => Promise<RunCommand<Options>>) =>
    async (...given: unknown[]): Promise<void> => {
      const options = given.at(-2) as Options;
      const words = given.slice(0, -2).filter((word) => word !== undefined) as string[];
      setExitCode(await (await load())(words, options, host));
    };
  addTrain(program).action(run(async () => (await import('./commands/train.ts')).train));
  addPredict(program).action(run(async () => (await import('./commands/predict.ts')).predict));
  addEvaluate(program).action(run(async () => (await import('./commands/evaluate.ts')).evaluate));
  addExplain(program).action(run(async () => (await import('./commands/explain.ts')).explain));
  addCheck(program).action(run(async () => (await import('./commands/check.ts')).check));
  addInspect(program).action(run(async () => (await import('./commands/inspect.ts')).inspect));
  addDoctor(program).action(run(async () => (await import('./commands/doctor.ts')).doctor));
  return program;
}

/** A command: positional words, options, the world; resolves to the exit code. */
export type RunCommand<Options> = (
  words: readonly string[],
  options: Options,
  host: Host,
) => Promise<number>;

const DATA = 'CSV file (plain or .gz), - for stdin, or the name fashion-mnist';
const MODEL = "model.safetensors, as 'train' writes it";

function addTrain(program: Command): Command {
  const command = define(program, 'train', 'train a network on a table and save it')
    .argument('<data>', DATA)
    .option('-t, --target <column>', 'the column to predict')
    .option('-o, --output <dir>', 'where model.safetensors goes (default: runs/<data name>)')
    .addOption(choice('--task <task>', 'what to learn; by default the target tells', 'task'))
    .option('--test <file>', 'a table to test on, in place of held-out rows')
    .option(
      '--split <fraction>',
      'fraction held out, or training/validation/test such as 0.7/0.1/0.2 (default: 0.2)',
      readSplit,
    )
    .option('--drop <columns>', 'columns to leave out, with commas between them', collect)
    .option('--data-dir <dir>', 'the folder of the Fashion-MNIST files')
    .option(
      '--hidden <sizes>',
      "units of the hidden layers, or 'none' (default: 64,32)",
      readHidden,
    )
    .addOption(choice('--activation <name>', 'of the hidden layers', 'activation').default('relu'))
    .option(
      '--dropout <rate>',
      'drop rate after each hidden layer (default: 0)',
      numberReader('--dropout', { min: 0, max: 1, example: '0.2' }),
    )
    .addOption(choice('--loss <name>', 'of a regression (default: mse)', 'loss'))
    .addOption(
      choice('--optimizer <name>', 'how weights are updated', 'optimizer').default('adam'),
    );
  addLearningOptions(command);
  return common(backendOptions(command));
}

function addLearningOptions(command: Command): void {
  command
    .option(
      '--lr, --learning-rate <rate>',
      'step size (default: 0.001; sgd: 0.01)',
      positive('--learning-rate', '0.001'),
    )
    .option(
      '--momentum <m>',
      'for sgd and rmsprop (default: 0.9 for sgd)',
      numberReader('--momentum', { min: 0, below: 1, example: '0.9' }),
    )
    .option(
      '--batch-size <rows>',
      'rows of a step (default: 32; 128 from 10,000 rows)',
      whole('--batch-size', 1, '32'),
    )
    .option(
      '--epochs <n>',
      'passes over the rows, at most (default: 200)',
      whole('--epochs', 1, '200'),
    )
    .option(
      '--patience <n>',
      'epochs without a better validation loss before it stops (default: 15)',
      whole('--patience', 1, '15'),
    )
    .option(
      '--weight-decay <rate>',
      'decoupled decay, as in AdamW (default: 0)',
      numberReader('--weight-decay', { min: 0, example: '0.01' }),
    )
    .option(
      '--l2 <factor>',
      'L2 penalty, in the gradient (default: 0)',
      numberReader('--l2', { min: 0, example: '0.0001' }),
    )
    .option(
      '--clip <norm>',
      'clip gradients to this global norm (default: none)',
      positive('--clip', '1'),
    )
    .addOption(choice('--schedule <name>', 'of the learning rate', 'schedule').default('constant'))
    .option(
      '--class-weight <rule>',
      "'balanced': rare classes count more",
      choiceReader('--class-weight', ['balanced']),
    )
    .option(
      '--label-smoothing <e>',
      'targets (1 - e) t + e / K (default: 0)',
      numberReader('--label-smoothing', { min: 0, below: 1, example: '0.1' }),
    )
    .option('--seed <n>', 'one seed, one result (default: 0)', whole('--seed', 0, '0'));
}

function addPredict(program: Command): Command {
  const command = define(program, 'predict', 'predict each row of a table')
    .argument('<model>', MODEL)
    .argument('<data>', DATA)
    .option('--proba', 'add a column of probabilities for each class')
    .option(
      '-f, --format <format>',
      'csv or jsonl',
      choiceReader('--format', ['csv', 'jsonl']),
      'csv',
    )
    .option('-o, --output <file>', 'write there, not to stdout')
    .option('--data-dir <dir>', 'the folder of the Fashion-MNIST files');
  return common(command, { json: false });
}

function addEvaluate(program: Command): Command {
  const command = define(program, 'evaluate', 'measure a model on a table with targets')
    .argument('<model>', MODEL)
    .argument('<data>', DATA)
    .option('-t, --target <column>', 'the column of the truth (default: as in training)')
    .option('--fail-under <metric=bar>', 'exit 5 if the metric is below; may be repeated', readBar)
    .option('--data-dir <dir>', 'the folder of the Fashion-MNIST files');
  return common(command);
}

function addExplain(program: Command): Command {
  const command = define(
    program,
    'explain',
    'print forward, backward and update of a row or batch, equation by equation',
  )
    .argument('<model>', MODEL)
    .argument('<data>', DATA)
    .option('--row <n>', 'the data row, counted from 1', rowRangeReader('--row'))
    .option('--rows <a-b>', 'a batch of rows', rowRangeReader('--rows'))
    .option('-t, --target <column>', 'the column of the truth (default: as in training)')
    .option('--latex', 'print equations in LaTeX')
    .option('--full', 'print matrices whole, however large')
    .option('--data-dir <dir>', 'the folder of the Fashion-MNIST files');
  return common(command);
}

function addCheck(program: Command): Command {
  const command = define(
    program,
    'check',
    'verify the mathematics on this machine: known answers, gradients, backends; or the gradients of a model on its data',
  )
    .argument('[model]', MODEL)
    .argument('[data]', DATA)
    .option('--rows <a-b>', 'the rows to check on (default: 1-8)', rowRangeReader('--rows'))
    .option('-t, --target <column>', 'the column of the truth (default: as in training)')
    .option('--data-dir <dir>', 'the folder of the Fashion-MNIST files');
  return common(command);
}

function addInspect(program: Command): Command {
  return common(
    define(program, 'inspect', 'show what a model file holds').argument('<model>', MODEL),
  );
}

function addDoctor(program: Command): Command {
  return common(
    define(program, 'doctor', 'show versions, backends and settings, and run a small self-test'),
  );
}

function define(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .addHelpText('before', `Example:\n  $ ${EXAMPLES.get(name) ?? ''}\n`);
}

function positive(option: string, example: string): (word: string) => number {
  return numberReader(option, { above: 0, example });
}

function whole(option: string, min: number, example: string): (word: string) => number {
  return numberReader(option, { integer: true, min, example });
}

/** An option that takes one word of {@link CHOICES}. */
function choice(flags: string, description: string, name: keyof typeof CHOICES): Option {
  const option = flags.split(' ')[0] ?? flags;
  const words = CHOICES[name];
  return new Option(flags, `${description}: ${words.join(', ')}`).argParser(
    choiceReader<string>(option, words),
  );
}

function backendOptions(command: Command): Command {
  return command
    .addOption(choice('--backend <name>', 'what computes (default: auto)', 'backend'))
    .option(
      '--threads <n>',
      'threads to compute with (default: as many as the work is worth)',
      numberReader('--threads', { ...THREADS, example: '1' }),
    );
}

function common(command: Command, which: { readonly json: boolean } = { json: true }): Command {
  if (which.json) command.option('--json', 'print one JSON document on stdout');
  return command
    .option('-q, --quiet', 'no messages but errors')
    .option('--debug', 'print the stack of an error');
}
