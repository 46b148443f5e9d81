/**
 * The embedding of a plan: which layers come before the others and turn columns of the prepared matrix into several learned
 * numbers each. They depend on the preparation, because only this knows which columns are numbers, so the plan has the name of the
 * embedding and not its layers. Categories are embedded if the preparation has numbered them, which is a setting of its own.
 */
import { categoryEmbedding } from '../network/layers/category-embedding.ts';
import type { Layer } from '../network/layers/kinds.ts';
import { periodicEmbedding } from '../network/layers/periodic-embedding.ts';
import { categoryInputs, numberInputs, type TablePreparation } from '../tables/preparation.ts';

/**
 * `'periodic'`: learned sums of cosines beside each number. `'auto'`: this from {@link ENOUGH_ROWS} rows on and for at most
 * {@link MOST_COLUMNS} numbers, else none.
 */
export const EMBEDDINGS = ['none', 'periodic', 'auto'] as const;

export type Embedding = (typeof EMBEDDINGS)[number];

/** With fewer rows the frequencies may fit chance; the smallest table on which they were measured, and helped, has 242 rows. */
const ENOUGH_ROWS = 200;

/**
 * With more numbers the cosines take most of the time, 3 to 10 times that of the network alone, and where they were measured, on
 * pictures of 64 pixels and 279 numbers of cardiograms, they gained nothing.
 */
const MOST_COLUMNS = 60;

/**
 * The standard deviation of the first frequencies. The method was published with 0.1; with 0.3 ten tables had a log-loss (or RMSE)
 * that was 2 to 4 % lower.
 */
const DEVIATION = 0.3;

/**
 * The first layers of a network on rows of the preparation; none if there is nothing to embed.
 *
 * @param rows - how many rows are known
 */
export function embeddingLayers(
  embedding: Embedding,
  preparation: TablePreparation,
  rows: number,
): Layer[] {
  const columns = categoryInputs(preparation);
  // The periodic embedding keeps its input in its place, so it comes first.
  return [
    ...numberLayers(embedding, preparation, rows),
    ...(columns.length === 0 ? [] : [categoryEmbedding({ columns })]),
  ];
}

function numberLayers(embedding: Embedding, preparation: TablePreparation, rows: number): Layer[] {
  switch (embedding) {
    case 'none':
      return [];
    case 'auto': {
      const pays = rows >= ENOUGH_ROWS && numberInputs(preparation).length <= MOST_COLUMNS;
      return numberLayers(pays ? 'periodic' : 'none', preparation, rows);
    }
    case 'periodic': {
      const columns = numberInputs(preparation);
      return columns.length === 0 ? [] : [periodicEmbedding({ columns, deviation: DEVIATION })];
    }
    default:
      return embedding satisfies never;
  }
}
