/** The pool of workers: which workers are kept, which are given to a run, and when threads must not poll. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dense } from '../../network/layers/dense.ts';
import { network, type Network } from '../../model/network.ts';
import { predictor } from '../../model/predictor.ts';
import type { KernelInstance } from './instance.ts';
import { WasmTeam } from './team.ts';
import {
  dismiss,
  giveWorker,
  isCrowded,
  takeWorker,
  useWorkers,
  type WorkerEvent,
  type WorkerSource,
  type WorkerThread,
} from './workers.ts';

const PROCESSORS = 4;

/** A worker that runs nothing. A test makes it send its messages. */
class FakeWorker {
  ended = false;
  /** Whether it keeps the process alive. */
  held = true;
  readonly tell: (event: WorkerEvent) => void;

  constructor(tell: (event: WorkerEvent) => void) {
    this.tell = tell;
  }

  postMessage(): void {}
  terminate(): void {
    this.ended = true;
  }
  ref(): void {
    this.held = true;
  }
  unref(): void {
    this.held = false;
  }
}

let started: FakeWorker[];
let sourceBefore: WorkerSource;

function living(): FakeWorker[] {
  return started.filter(({ ended }) => !ended);
}

/** The workers that a test has taken and not yet given back. */
const taken = new Set<WorkerThread>();

function take(count: number): WorkerThread[] {
  const workers = Array.from({ length: count }, () => takeWorker());
  for (const worker of workers) taken.add(worker);
  return workers;
}

function give(workers: readonly WorkerThread[], lost = false): void {
  dismiss(workers);
  for (const worker of workers) {
    taken.delete(worker);
    giveWorker(worker, lost);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  started = [];
  sourceBefore = useWorkers({
    processors: () => PROCESSORS,
    fault: () => undefined,
    start(_, tell) {
      const worker = new FakeWorker(tell);
      started.push(worker);
      return worker;
    },
  });
});

afterEach(() => {
  // Every worker ends, so that no test sees those of another.
  give([...taken], true);
  for (const worker of living()) worker.tell('lost');
  vi.runAllTimers();
  vi.useRealTimers();
  useWorkers(sourceBefore);
});

describe('workers that are given back', () => {
  it('are kept for the next run, one for each other processor, and the rest end at once', () => {
    give(take(40));
    expect(started.length).toBe(40);
    expect(living().length).toBe(PROCESSORS - 1);
    give(take(PROCESSORS - 1));
    expect(started.length).toBe(40);
  });

  it('end if no run has used them for some seconds, and do not keep the process alive until then', () => {
    give(take(2));
    expect(living().every(({ held }) => !held)).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(living()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(take(1).length).toBe(1);
    expect(started.length).toBe(3);
    expect(living().length).toBe(1);
  });

  it('do not end while another run uses them', () => {
    give(take(1));
    const [again] = take(1);
    vi.advanceTimersByTime(60_000);
    expect(living().length).toBe(1);
    expect(started.length).toBe(1);
    give([again!]);
    vi.advanceTimersByTime(60_000);
    expect(living()).toEqual([]);
  });

  it('set no timer that keeps the process alive', () => {
    const timers: NodeJS.Timeout[] = [];
    const { setTimeout } = globalThis;
    vi.stubGlobal('setTimeout', (...given: Parameters<typeof setTimeout>) => {
      const timer = setTimeout(...given);
      timers.push(timer);
      return timer;
    });
    give(take(1));
    vi.unstubAllGlobals();
    expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
  });
});

describe('a worker that was lost', () => {
  it('ends and is never given to a run again', () => {
    const [worker] = take(1);
    give([worker!], true);
    expect(started[0]!.ended).toBe(true);
    expect(take(1)[0]).not.toBe(worker);
    expect(started.length).toBe(2);
  });

  it('is not given to a run if it was lost while it was idle', () => {
    const workers = take(1);
    give(workers);
    started[0]!.tell('lost');
    expect(take(1)[0]).not.toBe(workers[0]);
  });
});

describe('threads', () => {
  const spins = (threads: number): number => {
    const told: number[] = [];
    const instance = {
      teamStart: (_team: number, _threads: number, count: number) => told.push(count),
      teamStop: () => {},
    } as unknown as KernelInstance;
    const team = new WasmTeam(instance, { team: 64, stacks: 128 }, threads);
    team.addressFor(threads);
    team.stop();
    for (const worker of living()) worker.tell('free');
    return told[0]!;
  };

  it('poll while there is a processor for each of them, and not if there are more threads than processors', () => {
    expect(spins(PROCESSORS)).toBeGreaterThan(0);
    expect(spins(PROCESSORS + 1)).toBe(0);
  });

  it('are crowded as soon as the workers and their caller are more than the processors', () => {
    const workers = take(PROCESSORS - 1);
    expect(isCrowded()).toBe(false);
    const [more] = take(1);
    expect(isCrowded()).toBe(true);
    give([...workers, more!]);
    expect(isCrowded()).toBe(false);
  });
});

describe('the workers of predictions', () => {
  const ROWS = 1000;
  const COLUMNS = 190;
  const made = (seed: number): Network =>
    network({ inputs: COLUMNS, layers: [dense(250), dense(11)], seed });
  const x = {
    data: Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => (i % 7) - 3),
    shape: [ROWS, COLUMNS],
  };
  const row = { data: x.data.subarray(0, COLUMNS), shape: [1, COLUMNS] };
  /** A turn of the event loop. */
  const turn = async (): Promise<void> => {
    await Promise.resolve();
    await Promise.resolve();
  };

  it('are not started for few rows, nor if one thread is asked for', () => {
    using small = predictor(made(1), { backend: 'wasm' });
    using large = predictor(made(1), { backend: 'wasm', maxRows: 128 });
    using alone = predictor(made(1), { backend: 'wasm', maxRows: 128, threads: 1 });
    small.predict(row);
    small.predict(x);
    large.predict(row);
    alone.predict(x);
    expect(started.length).toBe(0);
    expect(large.predict(x)).toEqual(alone.predict(x));
    expect(started.length).toBe(PROCESSORS - 1);
  });

  it('go from one network to the next, also before they have said that they left the former', async () => {
    const networks = [1, 2, 3].map(made);
    const expected = networks.map((net) => {
      using alone = predictor(net, { backend: 'wasm', threads: 1, maxRows: 128 });
      return alone.predict(x);
    });
    const opened = networks.map((net) => predictor(net, { backend: 'wasm', maxRows: 128 }));
    for (let round = 0; round < 3; round++) {
      expect(opened.map((one) => one.predict(x))).toEqual(expected);
      expect(started.length).toBe(PROCESSORS - 1);
      // Each worker leaves two of the three teams.
      for (const worker of living()) for (let team = 0; team < 2; team++) worker.tell('free');
      await turn();
    }
    for (const one of opened) one.close();
  });

  it('go to the next network if the former one was closed a moment ago', () => {
    for (const seed of [1, 2, 3]) {
      using large = predictor(made(seed), { backend: 'wasm', maxRows: 128 });
      large.predict(x);
    }
    expect(started.length).toBe(PROCESSORS - 1);
  });

  it('end when nobody has used them for some seconds', async () => {
    using large = predictor(made(1), { backend: 'wasm', maxRows: 128 });
    large.predict(x);
    vi.advanceTimersByTime(60_000);
    for (const worker of living()) worker.tell('free');
    vi.advanceTimersByTime(60_000);
    await turn();
    expect(living()).toEqual([]);
    large.predict(x);
    expect(started.length).toBe(2 * (PROCESSORS - 1));
  });

  it('serve a training run that begins, if they are idle', () => {
    using large = predictor(made(1), { backend: 'wasm', maxRows: 128 });
    large.predict(x);
    const instance = { teamStart() {}, teamStop() {} } as unknown as KernelInstance;
    const team = new WasmTeam(instance, { team: 64, stacks: 128 }, PROCESSORS);
    expect(started.length).toBe(PROCESSORS - 1);
    team.stop();
  });
});
