/**
 * The options of `vinculum train` and what they mean to the library: the layers, the optimiser, the schedule.
 */
import {
  constant,
  cosine,
  dense,
  dropout,
  exponential,
  oneCycle,
  reduceOnPlateau,
  step,
  warmup,
  type Layer,
  type Optimizer,
  type Schedule,
} from 'vinculum';
import { faultOf, optimizerFactory, printFault } from 'vinculum/internal';
import type { TrainOptions } from '../commands/train/flags.ts';
import { usageFailure } from '../failure.ts';

/** What is used where no flag says otherwise. */
export const DEFAULTS = {
  hidden: [64, 32],
  epochs: 200,
  patience: 15,
  seed: 0,
  /** Of all rows, held out for the test. */
  testFraction: 0.2,
  /** Of the rest, for early stopping. */
  validationFraction: 0.1,
  batchSize: 32,
  /** From {@link DEFAULTS.manyRows} rows. */
  largeBatchSize: 128,
  manyRows: 10_000,
} as const;

/**
 * What an error of the library means to the user of the command: a value that only the library refuses, such as
 * a learning rate that float32 cannot hold, came from a flag.
 */
export function withFlagName(error: unknown, options: TrainOptions): unknown {
  if (!(error instanceof RangeError)) return error;
  const fault = faultOf(error);
  if (fault === undefined) return error;
  if (fault.subject === 'the network') {
    return usageFailure(printFault({ ...fault, where: '' }), {
      hint: 'give fewer units with --hidden',
      cause: error,
    });
  }
  // An option within an option, such as `clip.globalNorm`, is one flag.
  const [name = ''] = fault.subject.split('.');
  if (!Object.hasOwn(options, name)) return error;
  const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return usageFailure(printFault({ ...fault, where: '', subject: `--${flag}` }), {
    hint: `leave --${flag} off; 'vinculum train --help' tells the default`,
    cause: error,
  });
}

/** The layers between the prepared inputs and `outputs` numbers. */
export function layersOf(options: TrainOptions, outputs: number): Layer[] {
  const rate = options.dropout ?? 0;
  const hidden = (options.hidden ?? DEFAULTS.hidden).flatMap((units): Layer[] => {
    const layer = dense(units, { activation: options.activation });
    return rate > 0 ? [layer, dropout(rate)] : [layer];
  });
  return [...hidden, dense(outputs)];
}

/**
 * The optimiser. A weight decay turns Adam into AdamW, since in both it is the decoupled one.
 *
 * @throws {CommandFailure} exit 2 when an option does not go with the optimiser
 */
export function optimizerOf(options: TrainOptions): Optimizer {
  const { optimizer, learningRate, weightDecay } = options;
  const name = optimizer === 'adam' && weightDecay !== undefined ? 'adamw' : optimizer;
  const factory = optimizerFactory(name);
  const momentum = options.momentum ?? (name === 'sgd' ? 0.9 : undefined);
  if (weightDecay !== undefined && !factory.options.includes('weightDecay')) {
    throw usageFailure(`--weight-decay goes with adam and adamw; got --optimizer ${optimizer}.`, {
      hint: `with ${optimizer} use --l2 ${weightDecay}`,
    });
  }
  if (momentum !== undefined && !factory.options.includes('momentum')) {
    throw usageFailure(`--momentum goes with sgd and rmsprop; got --optimizer ${optimizer}.`, {
      hint: 'leave --momentum off: Adam has its own',
    });
  }
  const given = Object.entries({ learningRate, momentum, weightDecay });
  return factory.make(Object.fromEntries(given.filter(([, value]) => value !== undefined)));
}

/** The schedule of a name, over a run of at most `epochs`. */
export function scheduleOf(name: TrainOptions['schedule'], epochs: number): Schedule {
  switch (name) {
    case 'constant':
      return constant();
    case 'cosine':
      return cosine();
    case 'exponential':
      return exponential({ factor: 0.95 });
    case 'step':
      return step({ every: Math.max(1, Math.round(epochs / 3)), factor: 0.1 });
    case 'warmup':
      return warmup({ epochs: Math.max(1, Math.round(epochs / 20)), followedBy: cosine() });
    case 'one-cycle':
      return oneCycle();
    case 'plateau':
      return reduceOnPlateau({ factor: 0.5, patience: 5 });
    default:
      return name satisfies never;
  }
}
