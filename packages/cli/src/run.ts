/**
 * One run of the command: it parses the words, runs the command that they name, and reports failures in one form: the
 * fault, then `hint:` with what to do; with `--json` one document on stdout instead.
 */
import { shellWord } from './rendering/shell-word.ts';
import { systemReason } from '@vinculum/io';
import { jsonText, plainLines } from '@vinculum/report';
import { CommanderError } from 'commander';
import { nearest } from 'vinculum/internal';
import type { Command } from './command-line/definition.ts';
import { buildParser, loadNamed } from './command-line/parser.ts';
import { CommandFailure, EXIT, failureOf, usageFailure } from './failure.ts';
import { OutputEnded, type Host } from './host.ts';
import { COMMANDS } from './program.ts';
import { styleFor } from './rendering/colour.ts';

/**
 * Runs the command.
 *
 * @param words - the command line without program and script
 * @returns the exit code; never throws
 */
export async function runCommand(words: readonly string[], host: Host): Promise<number> {
  const exitCode = await runWords(words, host);
  const fate = await host.stdout.settled();
  if (!(fate instanceof Error)) return exitCode;
  const lost = lostOutput(fate);
  tell(lost, lost.hint, host);
  return exitCode === EXIT.ok ? EXIT.failed : exitCode;
}

async function runWords(words: readonly string[], host: Host): Promise<number> {
  let exitCode: number = EXIT.ok;
  const loaded = await loadNamed(COMMANDS, words);
  const parser = buildParser(COMMANDS, loaded, host, (code) => {
    exitCode = code;
  });
  if (words.length === 0) {
    parser.outputHelp();
    return EXIT.ok;
  }
  try {
    await parser.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      return report(usageOf(error, words, loaded), words, host);
    }
    // The fate of the output says why nothing more arrives. It is not a fault if a reader has read enough.
    if (error instanceof OutputEnded) return EXIT.ok;
    return report(failureOf(error), words, host);
  }
}

/** Tells a failure and gives its exit code. */
function report(failure: CommandFailure, words: readonly string[], host: Host): number {
  const hint = hintOf(failure, words);
  if (words.includes('--json')) {
    const document = {
      schema: 'vinculum.error/1',
      code: failure.code,
      message: failure.message,
      ...(hint === undefined ? {} : { hint }),
    };
    host.stdout.write(`${jsonText(document)}\n`);
  } else {
    tell(failure, hint, host);
  }
  if (words.includes('--debug')) {
    const cause = failure.cause instanceof Error ? failure.cause : failure;
    host.stderr.write(`${plainLines(cause.stack ?? String(cause))}\n`);
  }
  return failure.exitCode;
}

function tell(
  { message }: CommandFailure,
  hint: string | undefined,
  { stderr, environment }: Host,
): void {
  const style = styleFor(stderr, environment);
  stderr.write(`${style.red('error:')} ${plainLines(message)}\n`);
  if (hint !== undefined) stderr.write(`${style.yellow('hint:')} ${plainLines(hint)}\n`);
}

/** What the command printed could not be written: a full disk, most often. */
function lostOutput(fault: Error): CommandFailure {
  return new CommandFailure(
    `stdout must be a place to write to; ${systemReason(fault)}. What the command printed is lost, in part or whole.`,
    { cause: fault, hint: 'send the output elsewhere; files that the command wrote are whole' },
  );
}

function hintOf(failure: CommandFailure, words: readonly string[]): string | undefined {
  const { replace } = failure;
  if (replace === undefined) return failure.hint;
  const corrected = correctedCommand(words, replace.wrong, replace.right);
  return corrected ?? failure.hint;
}

/**
 * The command as typed with one word replaced, also behind `=` and between commas.
 *
 * @returns undefined if the command does not contain the word
 */
export function correctedCommand(
  words: readonly string[],
  wrong: string,
  right: string,
): string | undefined {
  const at = words.findIndex(
    (word) => word === wrong || replaceWithin(word, wrong, right) !== word,
  );
  if (at === -1) return undefined;
  const corrected = words.map((word, index) =>
    index === at ? (word === wrong ? right : replaceWithin(word, wrong, right)) : word,
  );
  return `vinculum ${corrected.map(shellWord).join(' ')}`;
}

function replaceWithin(word: string, wrong: string, right: string): string {
  const equals = word.indexOf('=');
  if (equals !== -1 && word.startsWith('-') && word.slice(equals + 1) === wrong) {
    return word.slice(0, equals + 1) + right;
  }
  if (equals !== -1 && word.slice(0, equals) === wrong) return right + word.slice(equals);
  const parts = word.split(',');
  return parts.length > 1 && parts.includes(wrong)
    ? parts.map((part) => (part === wrong ? right : part)).join(',')
    : word;
}

/** commander's error in our form. */
function usageOf(
  error: CommanderError,
  words: readonly string[],
  loaded: ReadonlyMap<string, Command>,
): CommandFailure {
  const [line = '', ...rest] = error.message.split('\n');
  const message = line.replace(/^error: /, '').replace(/\.?$/, '.');
  const suggestion = /\(Did you mean (?:one of )?([^\s,?]+)/.exec(rest.join(' '))?.[1];
  const wrong = /'([^']+)'/.exec(line)?.[1];
  if (suggestion !== undefined && wrong !== undefined) {
    return usageFailure(`${message} Did you mean '${suggestion}'?`, {
      hint: `did you mean '${suggestion}'?`,
      replace: { wrong, right: suggestion },
    });
  }
  const [first, asked] = words;
  if (error.code === 'commander.help' && first === 'help' && asked !== undefined) {
    const near = nearest(
      asked,
      COMMANDS.map(({ name }) => name),
    );
    return usageFailure(`unknown command '${asked}'.`, {
      hint: "'vinculum --help' lists what there is",
      replace: near === undefined ? undefined : { wrong: asked, right: near },
    });
  }
  const command = words.find((word) => loaded.has(word));
  if (error.code === 'commander.unknownOption' || command === undefined) {
    return usageFailure(message, {
      hint: `'vinculum ${command === undefined ? '--help' : `${command} --help`}' lists what there is`,
    });
  }
  return usageFailure(message, { hint: `for example: ${loaded.get(command)?.example ?? ''}` });
}
