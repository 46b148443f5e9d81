/**
 * The processors of the machine, and how many of them count for threads: those of the affinity mask, and no more than the CPU quota
 * of the process is enough for. A container often has a quota that no other program shows.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { cpuQuota, processorsWithin, type ReadText } from 'vinculum/internal';

/** The processors of a machine. */
export interface Processors {
  readonly model: string;
  /** Processors of the machine that are online. */
  readonly online: number;
  /** Processors on which this process may run. */
  readonly affinity: number;
  /** How many processors' time it may use, such as 1.5; null means that there is no quota. */
  readonly quota: number | null;
  /** How many processors count for threads. */
  readonly counted: number;
}

/** The processors of this machine. */
export function findProcessors(): Processors {
  const all = cpus();
  const affinity = availableParallelism();
  const quota = cpuQuota(readText);
  return {
    model: all[0]?.model.trim() ?? 'unknown',
    online: Math.max(all.length, affinity),
    affinity,
    quota: quota ?? null,
    counted: processorsWithin(quota, affinity),
  };
}

/** One line about the processors. */
export function describeProcessors({
  model,
  online,
  affinity,
  quota,
  counted,
}: Processors): string {
  const parts = [
    ...(affinity < online ? [`affinity mask: ${affinity} of ${online}`] : []),
    ...(quota === null ? [] : [`CPU quota: ${Number(quota.toFixed(2))}`]),
  ];
  const why = parts.length > 0 ? ` (${parts.join('; ')})` : '';
  return `${model}, ${counted} ${counted === 1 ? 'thread' : 'threads'} available${why}`;
}

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
