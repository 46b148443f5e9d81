/**
 * Messages to the user on stderr, one a line, unless `--quiet` asked for silence.
 */
import type { Host } from './host.ts';
import { plainText } from './rendering/text.ts';

/** What the commands' common options say. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Tells something worth knowing. */
export type Tell = (message: string) => void;

/** Where messages go for these options. */
export function teller(options: CommonOptions, host: Host): Tell {
  if (options.quiet === true) return () => undefined;
  return (message) => host.stderr.write(`${plainText(message)}\n`);
}

/** Writes one JSON document on stdout. */
export function writeJson(document: object, host: Host): void {
  host.stdout.write(`${JSON.stringify(document)}\n`);
}
