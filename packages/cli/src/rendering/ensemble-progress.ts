/**
 * The progress of an ensemble on stderr. Several of its networks may be trained at the same time, so there is one line for each network
 * that is ready, and on a terminal a line below that redraws itself and shows the epochs of the networks in training.
 */
import { counted, duration } from '@vinculum/report';
import type { History, Progress } from 'vinculum';
import type { TextOutput } from '../host.ts';
import {
  epochMetrics,
  redrawnLine,
  type ProgressDisplay,
  type ProgressOptions,
  type RedrawnLine,
} from './progress.ts';

/** What the display needs in addition to the stream. */
export interface EnsembleProgressOptions extends ProgressOptions {
  readonly members: number;
}

/** A display for the networks of an ensemble. */
export function ensembleDisplay(
  output: TextOutput,
  options: EnsembleProgressOptions,
): ProgressDisplay {
  return new EnsembleLines(output, options);
}

class EnsembleLines implements ProgressDisplay {
  readonly #output: TextOutput;
  readonly #members: number;
  /** Absent where lines stay as they are written. */
  readonly #redrawn: RedrawnLine | undefined;
  /** The latest progress of each network in training. */
  readonly #inTraining = new Map<number, Progress>();
  #ready = 0;

  constructor(output: TextOutput, options: EnsembleProgressOptions) {
    this.#output = output;
    this.#members = options.members;
    this.#redrawn = redrawnLine(output, options);
  }

  update(progress: Progress, member: number = 1): void {
    this.#inTraining.set(member, progress);
    this.#redrawn?.draw(() => this.#line());
  }

  end(history: History, member: number): void {
    this.#inTraining.delete(member);
    this.#ready++;
    const { epochs, bestEpoch } = history;
    const best = epochs.find(({ epoch }) => epoch === bestEpoch) ?? epochs.at(-1);
    const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const parts = [
      `network ${member} of ${this.#members}: ${counted(epochs.length, 'epoch')} in ${duration(seconds)}`,
      ...(best === undefined ? [] : [`epoch ${best.epoch}: ${epochMetrics(best)}`]),
    ];
    this.#redrawn?.clear();
    this.#output.write(`${parts.join(' - ')}\n`);
  }

  close(): void {
    this.#redrawn?.clear();
  }

  /** `2 of 8 networks ready - 3: epoch 12/200 - 4: epoch 7/200`. */
  #line(): string {
    const training = [...this.#inTraining].toSorted(([left], [right]) => left - right);
    return [
      `${this.#ready} of ${counted(this.#members, 'network')} ready`,
      ...training.map(([member, { epoch, epochs }]) => `${member}: epoch ${epoch}/${epochs}`),
    ].join(' - ');
  }
}
