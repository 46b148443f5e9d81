/**
 * Which moments an optimiser keeps, in the words of the lowering.
 */
import type { Optimizer } from '../optim/optimizer.ts';
import type { UpdateRequest } from '../program/lowering.ts';

/** The part of an update's request that the optimiser decides. */
export type OptimizerState = Omit<UpdateRequest, 'spareAdjoints' | 'keepBest'>;

const NONE = {
  firstMoments: false,
  secondMoments: false,
  thirdMoments: false,
  nesterov: false,
} as const;

/** The moments of an optimiser. */
export function optimizerState(optimizer: Optimizer): OptimizerState {
  switch (optimizer.kind) {
    case 'adam':
      return {
        ...NONE,
        rule: 'adam',
        firstMoments: true,
        secondMoments: true,
        thirdMoments: optimizer.amsgrad,
      };
    case 'sgd':
      return {
        ...NONE,
        rule: 'sgd',
        firstMoments: optimizer.momentum > 0,
        nesterov: optimizer.nesterov,
      };
    case 'rmsprop':
      return {
        ...NONE,
        rule: 'rmsprop',
        firstMoments: optimizer.momentum > 0,
        secondMoments: true,
      };
    case 'adagrad':
      return { ...NONE, rule: 'adagrad', secondMoments: true };
    default:
      return optimizer satisfies never;
  }
}
