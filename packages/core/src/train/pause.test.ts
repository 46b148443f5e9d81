import { afterEach, describe, expect, it, vi } from 'vitest';
import { network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { fit } from './fit.ts';
import { Pause } from './pause.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** The number of ports that keep this process alive. */
function openPorts(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
}

/** Runs in the way of `fit` until a timer has fired, for at most two seconds. */
async function runUntilTimer(pause: Pause): Promise<boolean> {
  const seen = { fired: false };
  const timer = setTimeout(() => (seen.fired = true), 1);
  const begun = performance.now();
  while (!seen.fired && performance.now() - begun < 2000) if (pause.due()) await pause.turn();
  clearTimeout(timer);
  return seen.fired;
}

describe('Pause', () => {
  it('lets timers fire, and measures its time from the beginning of each turn', async () => {
    const pause = new Pause();
    expect(pause.due()).toBe(false);
    expect(await runUntilTimer(pause)).toBe(true);
    expect(pause.due()).toBe(false);
    const begun = performance.now();
    while (!pause.due());
    expect(performance.now() - begun).toBeLessThan(100);
    pause.close();
    pause.close();
  });

  it('reads the clock after every long step, and less often after short ones', () => {
    let time = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => time);
    const pause = new Pause();
    const looksIn = (steps: number, milliseconds: number): number => {
      const before = clock.mock.calls.length;
      for (let step = 0; step < steps; step++) {
        time += milliseconds;
        pause.dueAfterStep();
      }
      return clock.mock.calls.length - before;
    };
    const STEPS = 1600;
    expect(looksIn(STEPS, 0.001)).toBeLessThan(STEPS / 10);
    // Up to sixteen short steps come before it reads the clock again.
    looksIn(16, 2);
    expect(looksIn(STEPS, 2)).toBe(STEPS);
    expect(pause.dueAfterStep()).toBe(true);
    pause.close();
  });

  it('uses a message channel if there is no setImmediate, as in a page, and closes it', async () => {
    const before = openPorts();
    vi.stubGlobal('setImmediate', undefined);
    const pause = new Pause();
    for (let i = 0; i < 5; i++) await pause.turn();
    pause.close();
    vi.unstubAllGlobals();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(openPorts()).toBe(before);
  });

  it('keeps nothing in Node that would keep a process alive', () => {
    const before = openPorts();
    const pause = new Pause();
    expect(openPorts()).toBe(before);
    pause.close();
  });
});

describe('fit', () => {
  it('closes its channel if it needs one, however it ends', async () => {
    const before = openPorts();
    vi.stubGlobal('setImmediate', undefined);
    const net = network({ inputs: 1, layers: [dense(2)] });
    const data = { x: [[1]], y: [0] };
    const options = { loss: 'softmax-cross-entropy', epochs: 2 } as const;
    const fail = (): never => {
      throw new Error('mine');
    };
    await fit(net, data, options);
    await expect(fit(net, data, { ...options, onProgress: fail })).rejects.toThrow('mine');
    vi.unstubAllGlobals();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(openPorts()).toBe(before);
  });
});
