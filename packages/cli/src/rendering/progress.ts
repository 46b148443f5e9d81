/**
 * The progress of a training run on stderr: on a terminal one line that redraws itself at most every 50 ms, with a bar as Keras draws
 * it; elsewhere one plain line an epoch, but at most one a second, so that a log of a short run is not longer than its result.
 */
import { clip, displayWidth, duration, grouped, metric, significant } from '@vinculum/report';
import type { EpochRecord, Evaluation, History, Progress } from 'vinculum';
import type { TextOutput } from '../host.ts';

/** Milliseconds between two drawings. */
const REDRAW_INTERVAL = 50;
/** Milliseconds between two lines of a log. */
const LINE_INTERVAL = 1000;
/** Characters of the bar, as in Keras, and on a terminal of at most {@link NARROW} columns. */
const BAR_WIDTH = 20;
const NARROW_BAR_WIDTH = 10;
const NARROW = 100;
const SEPARATOR = ' - ';
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
  return line === undefined ? new PlainLines(output, options) : new LiveLine(line, options);
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

  /** Columns of the terminal. */
  get columns(): number {
    return this.#output.columns;
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
  readonly #options: ProgressOptions;
  readonly #best = new BestEpoch();
  #writtenAt = -Infinity;
  /** The line of the latest epoch, if it came too soon after another one. */
  #waiting: string | undefined;

  constructor(output: TextOutput, options: ProgressOptions) {
    this.#output = output;
    this.#options = options;
  }

  update({ record, epochs }: Progress): void {
    if (record === undefined) return;
    const mark = this.#best.see(record) ? ' *' : '';
    this.#waiting = `epoch ${record.epoch}/${epochs} - ${duration(record.seconds)} - ${epochMetrics(record)}${mark}\n`;
    const now = this.#options.now();
    if (now - this.#writtenAt < LINE_INTERVAL) return;
    this.#writtenAt = now;
    this.#write();
  }

  end(): void {
    // A single network has no members.
  }

  /** The last epoch always has its line. */
  close(): void {
    this.#write();
  }

  #write(): void {
    if (this.#waiting !== undefined) this.#output.write(this.#waiting);
    this.#waiting = undefined;
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
    const { epoch, epochs, rows, rowsInEpoch, loss, learningRate, seconds } = progress;
    const share = rowsInEpoch === 0 ? 1 : rows / rowsInEpoch;
    const done = epoch - 1 + share;
    const stale = this.#best.epoch > 0 ? epoch - this.#best.epoch : 0;
    const last = this.#last;
    const named = last === undefined ? [`loss: ${metric(loss)}`] : metricParts(last);
    const watched = named.filter((part) => part.startsWith('val_loss'));
    const { columns } = this.#redrawn;
    const whole = [
      `epoch ${epoch}/${epochs} ${barOf(share, columns)} ${duration(seconds)}`,
      ...(done > 0 && epochs > done
        ? [`at most ${duration((seconds * (epochs - done)) / done)} left`]
        : []),
      ...named,
      ...(this.#best.epoch > 0 ? [`best: ${this.#best.epoch}*`] : []),
      ...(stale > 0 ? [`patience ${stale}/${this.#options.patience}`] : []),
      ...(seconds > 0 ? [`${grouped(Math.round((done * rowsInEpoch) / seconds))} rows/s`] : []),
      `lr: ${significant(learningRate, 3)}`,
    ];
    // On a narrow terminal the numbers that say most are kept: how long it takes, and whether it still gets better.
    const others = whole.filter((part) => !named.includes(part));
    const first = [...others.slice(0, 2), ...watched, ...others.slice(2)];
    return fitting(whole, [...first, ...named], columns - 1).join(SEPARATOR);
  }
}

/** The parts that fit side by side, in their order; those that are first in `byImportance` are taken first. */
function fitting(
  parts: readonly string[],
  byImportance: readonly string[],
  width: number,
): string[] {
  const kept = new Set<string>();
  let used = -SEPARATOR.length;
  for (const part of byImportance) {
    const more = kept.has(part) ? 0 : displayWidth(part) + SEPARATOR.length;
    if (used + more > width && kept.size > 0) continue;
    kept.add(part);
    used += more;
  }
  return parts.filter((part) => kept.has(part));
}

function barOf(share: number, columns: number): string {
  const width = columns <= NARROW ? NARROW_BAR_WIDTH : BAR_WIDTH;
  const filled = Math.round(share * width);
  return '━'.repeat(filled) + '─'.repeat(width - filled);
}

/** `loss: 0.2871 - accuracy: 0.9132 - val_loss: … - val_accuracy: …`, the names Keras users know. */
export function epochMetrics(record: EpochRecord): string {
  return metricParts(record).join(SEPARATOR);
}

function metricParts(record: EpochRecord): string[] {
  return [
    ...namedMetrics(record, ''),
    ...(record.validation === undefined ? [] : namedMetrics(record.validation, 'val_')),
  ];
}

function namedMetrics({ loss, metrics }: Evaluation, prefix: string): string[] {
  return [
    `${prefix}loss: ${metric(loss)}`,
    ...Object.entries(metrics).map(([name, value]) => `${prefix}${name}: ${metric(value)}`),
  ];
}
