/**
 * `vinculum tune DATA -t TARGET`: tries settings of `train` on the rows that `train` would learn from, and prints the best ones as a
 * file of settings for `train -c`. The test rows of `train` take no part, so its score of the winner is honest. With `-o` the winner
 * is trained and saved.
 */
import { isNaNScore, searchFor, type Search } from './search.ts';
import { chooseCompute } from '../../compute.ts';
import type { RunCommand, SettingsInForce } from '../../command-line/definition.ts';
import { CommandFailure, DIVERGED_HINT, EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { writeJson } from '../../messages.ts';
import { train } from '../train/command.ts';
import type { TrainOptions } from '../train/flags.ts';
import { withFlagName, withPreset } from '../train/plan.ts';
import { documentOf, settingsOf } from './document.ts';
import type { TuneOptions } from './flags.ts';

/** Runs the command. */
export const tune: RunCommand<TuneOptions> = async (flags, host, rows, inForce) => {
  const plain: TrainOptions = {
    ...flags,
    activation: flags.activation ?? 'relu',
    printConfig: false,
    noReport: true,
    tensorboard: false,
  };
  if (flags.output !== undefined && flags.data === '-') {
    throw usageFailure('tune -o reads DATA twice, and stdin can be read once.', {
      hint: 'write the rows into a file first',
    });
  }
  try {
    const search = await searchFor(flags, plain, chooseCompute(flags, host), host);
    if (isNaNScore(search)) {
      throw new CommandFailure('every trial diverged.', {
        exitCode: EXIT.diverged,
        code: 'non-finite',
        hint: DIVERGED_HINT,
      });
    }
    return await finish(search, plain, host, { rows, inForce });
  } catch (error) {
    throw withFlagName(error, plain, 'tune');
  }
};

/** Prints the winner, and trains it if a folder is named. */
async function finish(
  search: Search,
  plain: TrainOptions,
  host: Host,
  {
    rows,
    inForce,
  }: { readonly rows: Parameters<typeof train>[2]; readonly inForce: SettingsInForce },
): Promise<number> {
  const winner: TrainOptions = { ...plain, ...search.trials[search.best]!.drawn };
  const settings = settingsOf(search, withPreset(winner, inForce.settings));
  const asText = inForce.textOf(settings);
  if (plain.output === undefined) {
    if (plain.json) writeJson(documentOf(search, asText), host);
    else host.stdout.write(asText);
    return EXIT.ok;
  }
  const chosen: SettingsInForce = {
    settings,
    textOf: (some) => inForce.textOf(some),
    commandLine: (more) => inForce.commandLine(more),
  };
  if (!plain.json) return train(winner, host, rows, chosen);
  const written: string[] = [];
  const exitCode = await train(winner, withStdout(host, written), rows, chosen);
  writeJson(
    { ...documentOf(search, asText), trained: JSON.parse(written.join('')) as object },
    host,
  );
  return exitCode;
}

/** A host whose stdout is kept, so that its document becomes a part of another one. */
function withStdout(host: Host, written: string[]): Host {
  return {
    stdout: {
      write: (text) => void written.push(text),
      drained: async () => undefined,
      settled: async () => 'written',
      isTerminal: false,
      columns: host.stdout.columns,
    },
    stderr: host.stderr,
    get stdin() {
      return host.stdin;
    },
    environment: host.environment,
    now: () => host.now(),
    date: () => host.date(),
    onStop: (listener) => host.onStop(listener),
  };
}
