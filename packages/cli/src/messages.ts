/**
 * Messages to the user on stderr, one a line, unless `--quiet` asked for silence.
 */
import { jsonText, plainText } from '@vinculum/report';
import type { MessagePlan } from './command-line/common-flags.ts';
import type { Host } from './host.ts';

/** Tells something worth knowing. */
export type Tell = (message: string) => void;

/** Where the messages of a command go. */
export function teller({ quiet }: MessagePlan, host: Host): Tell {
  if (quiet) return () => undefined;
  return (message) => host.stderr.write(`${plainText(message)}\n`);
}

/** Writes one JSON document on stdout. */
export function writeJson(document: object, host: Host): void {
  host.stdout.write(`${jsonText(document)}\n`);
}
