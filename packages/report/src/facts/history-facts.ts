/** Makes the facts of a training from the histories of its networks, in which a number that does not exist becomes null. */
import type { History } from 'vinculum';
import type { Figure } from '../record/figure.ts';
import type { EpochFacts, HistoryFacts } from '../record/training-facts.ts';

/**
 * The facts of a history.
 *
 * @param history - as `fit` returns it
 * @param stepsPerEpoch - ⌈training rows / rows of a step⌉
 */
export function describeHistory(history: History, stepsPerEpoch: number): HistoryFacts {
  const { bestEpoch, stoppedBy, skippedSteps } = history;
  const epochs = history.epochs.map(
    ({ epoch, loss, metrics, validation, learningRate, gradientNorm, seconds }): EpochFacts => ({
      epoch,
      loss: figureOf(loss),
      metrics: figuresOf(metrics),
      ...(validation === undefined
        ? {}
        : {
            validation: {
              loss: figureOf(validation.loss),
              metrics: figuresOf(validation.metrics),
            },
          }),
      learningRate,
      gradientNorm: figureOf(gradientNorm),
      seconds,
    }),
  );
  return { epochs, bestEpoch, stoppedBy, skippedSteps, stepsPerEpoch };
}

function figureOf(value: number): Figure {
  return Number.isFinite(value) ? value : null;
}

function figuresOf(values: object): Record<string, Figure> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, figureOf(Number(value))]),
  );
}
