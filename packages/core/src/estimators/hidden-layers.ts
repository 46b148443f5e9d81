/**
 * The hidden layers of an estimator from its options: one value for all layers, or a list with a value for each.
 */
import {
  ACTIVATION_KINDS,
  readActivation,
  type Activation,
  type ActivationOption,
} from '../activations/activation.ts';
import { MAX_UNITS } from '../network/layers/layer.ts';
import { rangeError } from '../words/fault.ts';
import { checkChoice, checkNumber } from '../words/options.ts';

/** A name or record that a dense layer takes, or scikit-learn's name of the sigmoid. */
export type HiddenActivation = ActivationOption | 'logistic';

export interface HiddenLayer {
  readonly units: number;
  readonly activation: Activation;
  readonly dropout: number;
}

/** The options that hidden layers are made of, before they are checked. */
interface HiddenOptions {
  readonly hiddenLayerSizes?: unknown;
  readonly activation?: unknown;
  readonly dropout?: unknown;
}

/**
 * The hidden layers.
 *
 * @throws {TypeError} when a value is of a wrong kind
 * @throws {RangeError} when a value is wrong, or a list has not as many values as there are layers
 */
export function readHidden(
  where: string,
  { hiddenLayerSizes = 100, activation = 'relu', dropout = 0 }: HiddenOptions,
): HiddenLayer[] {
  const sizes: readonly unknown[] = [hiddenLayerSizes].flat();
  /** One value for all layers, or the value of layer `index` from a list with one each. */
  const pick = (name: string, value: unknown, index: number): unknown => {
    if (!Array.isArray(value)) return value;
    if (value.length === sizes.length) return value[index] as unknown;
    throw rangeError({
      where,
      subject: name,
      rule: `must be one value or one for each of the ${sizes.length} hidden layers`,
      got: value.length,
    });
  };
  return sizes.map((units, index) => ({
    units: checkNumber(where, `hiddenLayerSizes[${index}]`, units, {
      integer: true,
      min: 1,
      max: MAX_UNITS,
    }),
    activation: readHiddenActivation(where, pick('activation', activation, index)),
    dropout: checkNumber(where, 'dropout', pick('dropout', dropout, index), { min: 0, max: 1 }),
  }));
}

function readHiddenActivation(where: string, option: unknown): Activation {
  if (typeof option === 'string' && option !== 'softmax') {
    checkChoice(where, 'activation', option, ['logistic', ...ACTIVATION_KINDS]);
  }
  return readActivation(where, option === 'logistic' ? 'sigmoid' : option);
}
