/** The error bounds of all ops that embed columns, eq. (43)–(49), by their kinds. */
import type { EmbeddingOp, Op } from 'vinculum/internal';
import type { BoundAccess } from './bound-access.ts';
import {
  boundEmbedCategories,
  boundEmbedCategoriesInputAdjoint,
  boundEmbedCategoriesWeightAdjoint,
} from './category-bounds.ts';
import {
  boundEmbedPeriodic,
  boundEmbedPeriodicInputAdjoint,
  boundEmbedPeriodicWeightAdjoint,
} from './periodic-bounds.ts';

export function isEmbedding(op: Op): op is EmbeddingOp {
  return op.kind.startsWith('embed');
}

export function boundEmbedding(op: EmbeddingOp, access: BoundAccess): void {
  switch (op.kind) {
    case 'embedPeriodic':
      return boundEmbedPeriodic(op, access);
    case 'embedPeriodicWeightAdjoint':
      return boundEmbedPeriodicWeightAdjoint(op, access);
    case 'embedPeriodicInputAdjoint':
      return boundEmbedPeriodicInputAdjoint(op, access);
    case 'embedCategories':
      return boundEmbedCategories(op, access);
    case 'embedCategoriesWeightAdjoint':
      return boundEmbedCategoriesWeightAdjoint(op, access);
    case 'embedCategoriesInputAdjoint':
      return boundEmbedCategoriesInputAdjoint(op, access);
    default:
      op satisfies never;
  }
}
