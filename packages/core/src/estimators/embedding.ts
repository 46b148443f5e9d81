/**
 * The embedding of a plan: which layers come before the others and turn columns of the prepared matrix into several learned
 * numbers each. They depend on the preparation, because only this knows which columns are numbers, so the plan has the name of the
 * embedding and not its layers.
 */
import type { Layer } from '../network/layers/kinds.ts';
import { periodicEmbedding } from '../network/layers/periodic-embedding.ts';
import { numberInputs, type TablePreparation } from '../tables/preparation.ts';

/** `'periodic'`: learned sums of cosines beside each number, with the defaults of `periodicEmbedding`. */
export const EMBEDDINGS = ['none', 'periodic'] as const;

export type Embedding = (typeof EMBEDDINGS)[number];

/** The first layers of a network on rows of the preparation; none if it has no numbers. */
export function embeddingLayers(embedding: Embedding, preparation: TablePreparation): Layer[] {
  switch (embedding) {
    case 'none':
      return [];
    case 'periodic': {
      const columns = numberInputs(preparation);
      return columns.length === 0 ? [] : [periodicEmbedding({ columns })];
    }
    default:
      return embedding satisfies never;
  }
}
