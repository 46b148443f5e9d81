import { displayWidth } from '@vinculum/report';
import { describe, expect, test } from 'vitest';
import type { EpochRecord, Progress } from 'vinculum';
import type { TextOutput } from '../host.ts';
import { progressDisplay, SILENT } from './progress.ts';

/** A stream that keeps what is written. */
function memory(isTerminal: boolean, columns = 200): TextOutput & { texts: string[] } {
  const texts: string[] = [];
  return {
    texts,
    write: (text) => texts.push(text),
    drained: async () => undefined,
    settled: async () => 'written',
    isTerminal,
    columns,
  };
}

function record(epoch: number, loss: number): EpochRecord {
  return {
    epoch,
    loss: 0.5,
    metrics: { accuracy: 0.75 },
    validation: { loss, metrics: { accuracy: 0.5 } },
    learningRate: 1e-3,
    gradientNorm: 1,
    penalty: 0,
    seconds: 0.0123,
  };
}

function progress(epoch: number, rows: number, epochRecord?: EpochRecord): Progress {
  return {
    epoch,
    epochs: 3,
    rows,
    rowsInEpoch: 100,
    loss: 0.5,
    learningRate: 1e-3,
    gradientNorm: 1,
    seconds: 2,
    record: epochRecord,
  };
}

const OPTIONS = { patience: 15, terminal: undefined, now: () => 0 };

describe('progress off a terminal', () => {
  test('is one plain line for each epoch, and a mark for the best epoch so far', () => {
    const output = memory(false);
    let time = 0;
    const display = progressDisplay(output, { ...OPTIONS, now: () => time });
    display.update(progress(1, 50));
    display.update(progress(1, 100, record(1, 0.25)));
    time += 1000;
    display.update(progress(2, 100, record(2, 0.5)));
    display.close();
    expect(output.texts.join('')).toBe(
      'epoch 1/3 - 12 ms - loss: 0.5000 - accuracy: 0.7500 - val_loss: 0.2500 - val_accuracy: 0.5000 *\n' +
        'epoch 2/3 - 12 ms - loss: 0.5000 - accuracy: 0.7500 - val_loss: 0.5000 - val_accuracy: 0.5000\n',
    );
  });

  test('is at most one line a second, and the last epoch has its line', () => {
    const output = memory(false);
    let time = 0;
    const display = progressDisplay(output, { ...OPTIONS, now: () => time });
    for (let epoch = 1; epoch <= 70; epoch++, time += 30) {
      display.update(progress(epoch, 100, record(epoch, 1 / epoch)));
    }
    display.close();
    const epochs = output.texts.map((text) => text.split('/')[0]);
    expect(epochs).toEqual(['epoch 1', 'epoch 35', 'epoch 69', 'epoch 70']);
  });

  test('is the same on a terminal that cannot redraw', () => {
    const output = memory(true);
    const display = progressDisplay(output, { ...OPTIONS, terminal: 'dumb' });
    display.update(progress(1, 100, record(1, 0.25)));
    expect(output.texts.join('')).not.toContain('\u001b');
  });
});

describe('progress on a terminal', () => {
  test('redraws one line at most every 50 ms and leaves nothing behind', () => {
    const output = memory(true);
    let time = 0;
    const display = progressDisplay(output, { patience: 15, terminal: 'xterm', now: () => time });
    for (; time < 1000; time++) display.update(progress(1, 50));
    expect(output.texts).toHaveLength(20);
    expect(output.texts[0]).toBe(
      '\r\u001b[2Kepoch 1/3 ━━━━━━━━━━────────── 2.0 s - at most 10.0 s left - loss: 0.5000 - 25 rows/s - lr: 0.001',
    );
    display.update(progress(1, 100, record(1, 0.25)));
    time += 50;
    display.update(progress(2, 100, record(2, 0.5)));
    expect(output.texts.at(-1)).toContain('val_loss: 0.5000');
    expect(output.texts.at(-1)).toContain('best: 1* - patience 1/15');
    display.close();
    expect(output.texts.at(-1)).toBe('\r\u001b[2K');
  });

  test('on a terminal of 80 columns keeps the numbers that say most, each whole', () => {
    const output = memory(true, 80);
    let time = 0;
    const display = progressDisplay(output, { ...OPTIONS, terminal: 'xterm', now: () => time });
    display.update(progress(1, 100, record(1, 0.25)));
    time += 50;
    display.update(progress(2, 50));
    expect(output.texts.at(-1)).toBe(
      '\r\u001b[2Kepoch 2/3 ━━━━━───── 2.0 s - at most 2.0 s left - val_loss: 0.2500 - best: 1*',
    );
  });

  test('is never wider than the terminal', () => {
    const output = memory(true, 40);
    const display = progressDisplay(output, { patience: 15, terminal: 'xterm', now: () => 0 });
    display.update(progress(1, 100, record(1, 0.25)));
    const line = output.texts[0]?.replace('\r\u001b[2K', '') ?? '';
    expect(displayWidth(line)).toBeLessThan(40);
  });

  test('is not written if --quiet asks for silence', () => {
    expect(() => {
      SILENT.update(progress(1, 1));
      SILENT.close();
    }).not.toThrow();
  });
});
