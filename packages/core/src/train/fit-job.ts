/**
 * A call of `fit` as plain data, so that another thread can make it: the spec of a network, the rows and the options. The
 * result is plain data too. A thread that has no caller of its own serves jobs by {@link serveJob}.
 */
import { network, restoreNetwork, type Network } from '../model/network.ts';
import type { ParameterMap } from '../network/readable.ts';
import { readSpec } from '../network/read-spec.ts';
import type { NetworkOptions, NetworkSpec } from '../network/spec.ts';
import type { FitData, FitOptions, Progress } from './fit-options.ts';
import type { LbfgsSettings } from '../optim/lbfgs.ts';
import { fitByLbfgs } from './fit-lbfgs.ts';
import { fit } from './fit.ts';
import type { RowStream } from './row-stream.ts';
import type { History } from './history.ts';

/** What is trained, and on what. Everything in it but a stream can be sent to another thread. */
export interface FitJob {
  readonly network: NetworkOptions;
  /** The parameters from which the training goes on; if absent, they are drawn by the seed of the network. */
  readonly parameters?: ParameterMap | undefined;
  readonly data: FitData | RowStream;
  /** Without functions and signals. */
  readonly options: FitOptions;
  /** If present, L-BFGS trains the network on all rows at once. */
  readonly lbfgs?: LbfgsSettings | undefined;
}

/** A trained network and its history. */
export interface Fit {
  readonly network: Network;
  readonly history: History;
}

/** The parts of `fit` that belong to the thread of the caller. */
export type FitRun = Pick<
  FitOptions,
  'backend' | 'threads' | 'callbacks' | 'onProgress' | 'signal'
>;

/** Trains the network of a job in this thread. @throws as `fit` does */
export async function runJob(job: FitJob, run: FitRun): Promise<Fit> {
  const { network: spec, parameters, data, options } = job;
  const net =
    parameters === undefined ? network(spec) : restoreNetwork(readSpec('fit', spec), parameters);
  const all = { ...options, ...run };
  const history =
    job.lbfgs === undefined
      ? await fit(net, data, all)
      : await fitByLbfgs(net, data, all, job.lbfgs);
  return { network: net, history };
}

/** The message that starts a job in another thread. */
export interface JobMessage {
  readonly job: FitJob;
  /** The name of a backend that every thread has. */
  readonly backend: string;
  /** Shared: a number other than 0 ends the run after its current step. */
  readonly stop: Int32Array;
}

/** What another thread says of its job: how it goes on, its result, or that it failed. */
export type JobAnswer =
  | { readonly progress: Progress }
  | { readonly spec: NetworkSpec; readonly parameters: ParameterMap; readonly history: History }
  | { readonly failed: true };

/** Runs a job that came from another thread, and tells that thread about it. Only one thread computes a job. */
export async function serveJob(
  { job, backend, stop }: JobMessage,
  tell: (answer: JobAnswer) => void,
): Promise<void> {
  const signal = {
    get aborted() {
      return Atomics.load(stop, 0) !== 0;
    },
  };
  try {
    const onProgress = (progress: Progress): void => tell({ progress });
    const made = await runJob(job, { backend, threads: 1, signal, onProgress });
    const { network: net, history } = made;
    tell({ spec: net.spec, parameters: net.parameters(), history });
  } catch {
    // The thread that sent the job runs it again and gets the same error, which could not be sent as what it is.
    tell({ failed: true });
  }
}

/** The result of a job that another thread has run. */
export function receivedFit({
  spec,
  parameters,
  history,
}: Extract<JobAnswer, { spec: unknown }>): Fit {
  return { network: restoreNetwork(spec, parameters), history };
}
