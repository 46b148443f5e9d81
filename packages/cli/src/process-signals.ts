/**
 * The signals of the process. A listener receives the first signal and ends the command in good order; the second signal
 * ends the process at once. Without a listener the system's default action applies, even while a computation blocks the
 * event loop.
 */
import { removeTemporaryFiles } from '@vinculum/io';
import { SIGNAL_EXIT } from './failure.ts';
import type { Host, StopSignal } from './host.ts';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** `onStop` of the host of a process. */
export function processStops(): Host['onStop'] {
  const listeners = new Set<(signal: StopSignal) => void>();
  let stopped = false;
  const handle = (signal: StopSignal): void => {
    if (stopped) process.exit(SIGNAL_EXIT[signal]);
    stopped = true;
    for (const listener of listeners) listener(signal);
  };
  // A file that is not whole yet must not stay behind, however the process ends.
  process.on('exit', removeTemporaryFiles);
  return (listener) => {
    if (listeners.size === 0) for (const signal of SIGNALS) process.on(signal, handle);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) for (const signal of SIGNALS) process.off(signal, handle);
    };
  };
}
