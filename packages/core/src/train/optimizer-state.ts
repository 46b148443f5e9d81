/**
 * Which moments an optimiser keeps, in the words of the lowering.
 */
import type { Optimizer } from '../optim/optimizer.ts';
import type { UpdateRequest } from '../lowering/lowering.ts';

/** The part of an update's request that the optimiser decides. */
export type OptimizerState = Omit<UpdateRequest, 'spareAdjoints' | 'keepBest'>;

/** The moments of an optimiser. */
export function optimizerState(optimizer: Optimizer): OptimizerState {
  const { kind } = optimizer;
  return {
    rule: kind,
    firstMoments: kind === 'adam' || ('momentum' in optimizer && optimizer.momentum > 0),
    secondMoments: kind !== 'sgd',
    thirdMoments: kind === 'adam' && optimizer.amsgrad,
    nesterov: kind === 'sgd' && optimizer.nesterov,
  };
}
