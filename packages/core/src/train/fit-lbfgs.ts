/**
 * Trains a network by L-BFGS on all rows at once. The loss and its gradient come from the same Program as those of a step, so
 * one seed has one result on every float32 backend; the directions are computed on the host in float64. It is no optimiser of
 * `fit`, because it needs the loss at several points before it takes a step.
 */
import { checkIdle, currentParameters, stateOf, type Network } from '../model/network.ts';
import { atOnce } from '../model/runner.ts';
import { penaltyOf } from '../optim/decay.ts';
import {
  minimise,
  type LbfgsIteration,
  type LbfgsSettings,
  type Objective,
} from '../optim/lbfgs.ts';
import { rangeError } from '../words/fault.ts';
import { BatchRunner } from './batch-runner.ts';
import { DataSet } from './data-set.ts';
import { readFitSettings, type FitData, type FitOptions, type FitSettings } from './fit-options.ts';
import type { EpochRecord, History, StopReason } from './history.ts';
import { readMemoryParts } from './memory-parts.ts';
import { findNonFinite } from './non-finite.ts';
import { Pause } from './pause.ts';
import { isRowStream, type RowStream } from './row-stream.ts';
import type { MemoryParts } from './epoch-rows.ts';
import type { NetworkState } from '../model/network.ts';
import { outputOfLoss } from '../losses/loss.ts';
import { withOutput } from '../network/spec.ts';

/**
 * Minimises the loss of all training rows plus the penalty of l2. An iteration is an epoch of the history; its `learningRate` is the
 * factor of the direction.
 *
 * @param options - as for `fit`, where `epochs` counts iterations; what belongs to steps of batches has no effect
 * @throws as `fit` does, and {RangeError} when the rows are a stream
 */
export async function fitByLbfgs(
  net: Network,
  data: FitData | RowStream,
  options: FitOptions,
  lbfgs: LbfgsSettings,
): Promise<History> {
  const where = 'fit';
  if (isRowStream(data)) {
    throw rangeError({
      where,
      subject: "solver 'lbfgs'",
      rule: 'needs all rows at once; there are too many of them for the memory',
      remedy: " Use solver 'adam'.",
    });
  }
  const state = stateOf(where, net);
  checkIdle(where, state);
  const settings = readFitSettings(where, options, state);
  const parts = readMemoryParts(where, settings, state, data);
  const objective = new WholeLoss(where, state, settings, parts);
  try {
    return await follow(objective, settings, lbfgs);
  } finally {
    objective.close();
    adopt(net, objective, settings);
  }
}

/** The loss of all training rows, as a function of the parameters. */
class WholeLoss extends BatchRunner implements Objective {
  /** The parameters, as float64. */
  readonly x: Float64Array;
  readonly #where: string;
  readonly #order: Uint32Array;
  readonly #l2: number;

  constructor(where: string, network: NetworkState, settings: FitSettings, parts: MemoryParts) {
    const { loss, backend, seed, threads, l2 } = settings;
    const parameters = currentParameters(network);
    super({
      network,
      parameters,
      loss,
      backend,
      data: new DataSet(parts.parts, backend.precision),
      capacity: parts.trainingRows.length,
      seed,
      threads,
    });
    this.x = Float64Array.from(parameters);
    this.#where = where;
    this.#order = parts.trainingRows;
    this.#l2 = l2;
  }

  valueInto(gradient: Float64Array, x: Float64Array): number {
    const { parameters, adjoints, layout } = this;
    parameters.set(x);
    // The backend may compute with fewer digits, and the function is that of the numbers with which it computes.
    x.set(parameters);
    this.prepared = false;
    atOnce(this.forward(this.#order, 0, this.#order.length));
    atOnce(this.run('backward'));
    for (let j = 0; j < x.length; j++) {
      gradient[j] = adjoints[j]! + (j < layout.decayingCount ? this.#l2 * x[j]! : 0);
    }
    return this.loss + this.penalty(x);
  }

  /** ½·l2·Σw². */
  penalty(x: Float64Array): number {
    return penaltyOf(x.subarray(0, this.layout.decayingCount), 0, this.#l2);
  }

  /** @throws {NonFiniteError} when the loss is no number; the last evaluation is searched for the reason */
  check(value: number): void {
    if (!Number.isFinite(value)) throw findNonFinite(this.#where, this);
  }
}

async function follow(
  objective: WholeLoss,
  settings: FitSettings,
  lbfgs: LbfgsSettings,
): Promise<History> {
  const { epochs, signal } = settings;
  const { x } = objective;
  objective.check(objective.valueInto(new Float64Array(x.length), x));
  const records: EpochRecord[] = [];
  const iterations = minimise(objective, x, lbfgs);
  const pause = new Pause();
  let stoppedBy: StopReason = 'epochs';
  try {
    const began = performance.now();
    let clock = began;
    while (records.length < epochs) {
      if (signal?.aborted === true) {
        stoppedBy = 'abort';
        break;
      }
      const { done, value } = iterations.next();
      if (done === true) {
        if (value) stoppedBy = 'converged';
        break;
      }
      const now = performance.now();
      records.push(recordOf(objective, value, records.length + 1, (now - clock) / 1000));
      clock = now;
      await report(settings, objective, records, (now - began) / 1000);
      if (pause.dueAfterStep()) await pause.turn();
    }
  } finally {
    pause.close();
  }
  const losses = records.map(({ loss }) => loss);
  const least = losses.reduce((best, loss) => (loss < best ? loss : best), Infinity);
  return { epochs: records, bestEpoch: losses.indexOf(least) + 1, stoppedBy, skippedSteps: 0 };
}

function recordOf(
  objective: WholeLoss,
  { value, gradientNorm, step }: LbfgsIteration,
  epoch: number,
  seconds: number,
): EpochRecord {
  const penalty = objective.penalty(objective.x);
  const loss = value - penalty;
  return { epoch, loss, metrics: {}, learningRate: step, gradientNorm, penalty, seconds };
}

/** Calls `onProgress`, and waits for a promise that it returns. */
async function report(
  { onProgress, epochs }: FitSettings,
  objective: WholeLoss,
  records: readonly EpochRecord[],
  seconds: number,
): Promise<void> {
  const record = records.at(-1)!;
  const rows = objective.program.capacity;
  const told: unknown = onProgress?.({
    epoch: record.epoch,
    epochs,
    rows,
    rowsInEpoch: rows,
    loss: record.loss,
    learningRate: record.learningRate,
    gradientNorm: record.gradientNorm,
    seconds,
    record,
  });
  await told;
}

/** Gives the network its new parameters, and the output function of its loss. */
function adopt(net: Network, { x, layout }: WholeLoss, { loss }: FitSettings): void {
  const state = stateOf('fit', net);
  const values = layout.parameters.map(({ name, offset, size }): [string, Float64Array] => [
    name,
    x.subarray(offset, offset + size),
  ]);
  net.setParameters(new Map(values));
  if (state.spec.output !== undefined) return;
  state.spec = withOutput(state.spec, outputOfLoss(loss.kind));
  state.version++;
}
