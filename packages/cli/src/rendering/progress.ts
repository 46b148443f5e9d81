/**
 * The progress of a training run on stderr: on a terminal one line that redraws itself at most every 50 ms,
 * with a bar as Keras draws it; elsewhere one plain line an epoch, which logs can keep.
 */
import { duration, grouped, metric, clip } from '@vinculum/report';
import type { EpochRecord, Evaluation, History, Progress } from 'vinculum';
import type { TextOutput } from '../host.ts';

/** Milliseconds between two drawings. */
const REDRAW_INTERVAL = 50;
/** Characters of the bar, as in Keras. */
const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\u001b[2K';

/** Shows progress until it is closed. */
export interface ProgressDisplay {
  /** @param member - of an ensemble, from 1 */
  update(progress: Progress, member?: number): void;
  /** A member of an ensemble has been trained. */
  end(history: History, member: number): void;
  /** Takes the live line away, so that the next message begins a line. */
  close(): void;
}

/** What the display needs in addition to the stream. */
export interface ProgressOptions {
  /** Epochs without a better value before the run stops. */
  readonly patience: number;
  /** `TERM`; `dumb` cannot redraw. */
  readonly terminal: string | undefined;
  now(): number;
}

/** A display for `output`: live on a terminal, line by line elsewhere. */
export function progressDisplay(output: TextOutput, options: ProgressOptions): ProgressDisplay {
  const line = redrawnLine(output, options);
  return line === undefined ? new PlainLines(output) : new LiveLine(line, options);
}

/** The last line of a terminal, which is drawn again and again. */
export class RedrawnLine {
  readonly #output: TextOutput;
  readonly #now: () => number;
  #drawnAt = -Infinity;

  constructor(output: TextOutput, now: () => number) {
    this.#output = output;
    this.#now = now;
  }

  /** Draws the text, unless the last drawing was a moment ago. */
  draw(text: () => string): void {
    const now = this.#now();
    if (now - this.#drawnAt < REDRAW_INTERVAL) return;
    this.#drawnAt = now;
    this.#output.write(CLEAR_LINE + clip(text(), this.#output.columns - 1));
  }

  clear(): void {
    this.#output.write(CLEAR_LINE);
  }
}

/** The line that is drawn again; undefined where that cannot be. */
export function redrawnLine(output: TextOutput, options: ProgressOptions): RedrawnLine | undefined {
  const isLive = output.isTerminal && options.terminal !== 'dumb';
  return isLive ? new RedrawnLine(output, () => options.now()) : undefined;
}

/** Nothing at all, for `--quiet`. */
export const SILENT: ProgressDisplay = {
  update: () => undefined,
  end: () => undefined,
  close: () => undefined,
};

/** Follows which epoch is the best so far. */
class BestEpoch {
  #best = Infinity;
  epoch = 0;

  see(record: EpochRecord): boolean {
    const { loss } = record.validation ?? record;
    if (!(loss < this.#best)) return false;
    this.#best = loss;
    this.epoch = record.epoch;
    return true;
  }
}

class PlainLines implements ProgressDisplay {
  readonly #output: TextOutput;
  readonly #best = new BestEpoch();

  constructor(output: TextOutput) {
    this.#output = output;
  }

  update({ record, epochs }: Progress): void {
    if (record === undefined) return;
    const mark = this.#best.see(record) ? ' *' : '';
    this.#output.write(
      `epoch ${record.epoch}/${epochs} - ${duration(record.seconds)} - ${epochMetrics(record)}${mark}\n`,
    );
  }

  end(): void {
    // A single network has no members.
  }

  close(): void {
    // Every line is whole.
  }
}

class LiveLine implements ProgressDisplay {
  readonly #redrawn: RedrawnLine;
  readonly #options: ProgressOptions;
  readonly #best = new BestEpoch();
  #last: EpochRecord | undefined;

  constructor(redrawn: RedrawnLine, options: ProgressOptions) {
    this.#redrawn = redrawn;
    this.#options = options;
  }

  update(progress: Progress): void {
    const { record } = progress;
    if (record !== undefined) {
      this.#best.see(record);
      this.#last = record;
    }
    this.#redrawn.draw(() => this.#line(progress));
  }

  end(): void {
    // A single network has no members.
  }

  close(): void {
    this.#redrawn.clear();
  }

  #line(progress: Progress): string {
    const { epoch, epochs, rows, rowsInEpoch, loss, seconds } = progress;
    const share = rowsInEpoch === 0 ? 1 : rows / rowsInEpoch;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = '━'.repeat(filled) + '─'.repeat(BAR_WIDTH - filled);
    const done = (epoch - 1 + share) * rowsInEpoch;
    const rate = seconds > 0 ? `${grouped(Math.round(done / seconds))} rows/s` : '';
    const stale = this.#best.epoch > 0 ? epoch - this.#best.epoch : 0;
    const parts = [
      `epoch ${epoch}/${epochs} ${bar} ${duration(seconds)}`,
      this.#last === undefined ? `loss: ${metric(loss)}` : epochMetrics(this.#last),
      ...(this.#best.epoch > 0 ? [`best: ${this.#best.epoch}*`] : []),
      ...(stale > 0 ? [`patience ${stale}/${this.#options.patience}`] : []),
      rate,
    ];
    return parts.filter((part) => part !== '').join(' - ');
  }
}

/** `loss: 0.2871 - accuracy: 0.9132 - val_loss: … - val_accuracy: …`, the names Keras users know. */
export function epochMetrics(record: EpochRecord): string {
  return [
    ...namedMetrics(record, ''),
    ...(record.validation === undefined ? [] : namedMetrics(record.validation, 'val_')),
  ].join(' - ');
}

function namedMetrics({ loss, metrics }: Evaluation, prefix: string): string[] {
  return [
    `${prefix}loss: ${metric(loss)}`,
    ...Object.entries(metrics).map(([name, value]) => `${prefix}${name}: ${metric(value)}`),
  ];
}
