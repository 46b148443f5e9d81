/**
 * Scores of predicted numbers, in the unit of each target, which the network's own outputs are not. Several targets are scored one
 * by one; the scores of all are the plain means of theirs, because the targets may have different units.
 */
import { MetricAccumulator } from 'vinculum/internal';
import type { LabelledRows } from './labelled-rows.ts';
import type { OpenModel } from './open-model.ts';
import {
  measuredNames,
  printedValues,
  type Printed,
  type Score,
  type Scorer,
  type TrueValue,
} from './score.ts';
import { targetNumbers } from './target-values.ts';

/** The scorer of a regression. */
export class NumberScorer implements Scorer {
  readonly #open: OpenModel;
  readonly #printed: Printed;
  readonly #measured: readonly MetricAccumulator[];
  #farthest: TrueValue | undefined;
  #names: readonly string[] = [];

  /** @param outputs - targets of a row */
  constructor(open: OpenModel, printed: Printed, outputs: number) {
    this.#open = open;
    this.#printed = printed;
    this.#measured = Array.from(
      { length: outputs },
      () => new MetricAccumulator(measuredNames(printed), open.loss, 1),
    );
  }

  add(labelled: LabelledRows, weights?: Float64Array): void {
    const { targets, numbers, rows } = labelled;
    const { data } = this.#open.predict(rows);
    this.#names = targets.map(({ name }) => name);
    const { length } = this.#measured;
    for (const [column, measured] of this.#measured.entries()) {
      const target = targets[column];
      if (target === undefined) break;
      const truths = targetNumbers([target]);
      const guesses = Float64Array.from(truths, (_, row) =>
        this.#open.unscale(data[row * length + column] ?? NaN, column),
      );
      measured.add(guesses, truths, truths.length, weights);
      const far = truths.findIndex((truth, row) => isTooFar(guesses[row] ?? NaN, truth));
      if (far === -1) continue;
      const place = { row: numbers[far] ?? NaN, column: target.name, value: truths[far] ?? NaN };
      this.#farthest ??= place;
    }
  }

  score(): Score {
    const each = this.#measured.map((one) => printedValues(this.#printed, one.results(), NaN));
    const metrics = new Map(
      this.#printed.map(([name]) => [
        name,
        each.reduce((sum, values) => sum + (values.get(name) ?? NaN), 0) / each.length,
      ]),
    );
    return {
      rows: this.#measured[0]?.rows ?? 0,
      correct: 0,
      metrics,
      ...(each.length === 1
        ? {}
        : { targets: new Map(each.map((values, index) => [this.#names[index] ?? '', values])) }),
      confusion: new Float64Array(0),
      farthest: this.#farthest,
    };
  }

  close(): void {
    // It holds only sums.
  }
}

function isTooFar(guess: number, truth: number): boolean {
  return Number.isFinite(guess) && !Number.isFinite((guess - truth) * (guess - truth));
}
