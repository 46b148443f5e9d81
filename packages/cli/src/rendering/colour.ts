/**
 * Colour: on a terminal unless NO_COLOR or TERM=dumb forbids it, and on any stream with FORCE_COLOR. The decision is
 * made for each stream separately.
 */
import picocolors from 'picocolors';
import type { TextOutput } from '../host.ts';

/** The few styles that the command uses. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** Source: no-color.org, force-color.org. */
export function styleFor(
  output: TextOutput,
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  const refused = (NO_COLOR !== undefined && NO_COLOR !== '') || FORCE_COLOR === '0';
  return picocolors.createColors(!refused && (forced || (output.isTerminal && TERM !== 'dumb')));
}
