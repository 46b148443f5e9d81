/** What computed a run: versions, system, processor and backend. Results do not depend on it, but times do. */
import { arch, platform, release } from 'node:os';
import { registeredBackends } from 'vinculum';
import { checkBackend, type Computing } from '../compute.ts';
import { findProcessors } from '../processors.ts';
import { libraryVersion } from '../version.ts';

/** A machine with its software. */
export interface MachineRecord {
  readonly vinculum: string;
  readonly node: string;
  /** Name, version and architecture of the system. */
  readonly system: string;
  readonly processor: string;
  /** Processors that count for threads. */
  readonly processors: number;
  /** The number of threads that was asked for; absent if it followed the work. */
  readonly threads?: number;
  readonly backend: string;
  /** What the backend says of itself, such as its instruction set. */
  readonly backendDetail: string;
  readonly numerics: string;
}

/** This machine. */
export function describeMachine({ backend: choice, numerics, threads }: Computing): MachineRecord {
  const backend = checkBackend(choice, numerics);
  const used = registeredBackends().find(({ name }) => name === backend);
  const { model, counted } = findProcessors();
  return {
    vinculum: libraryVersion(),
    node: process.versions.node,
    system: `${platform()} ${release()} ${arch()}`,
    processor: model,
    processors: counted,
    ...(threads === undefined ? {} : { threads }),
    backend,
    backendDetail: used?.describe().replace(`${backend}: `, '') ?? '',
    numerics,
  };
}
