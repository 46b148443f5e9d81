/** The embeddings of random networks, for gradient checks: of some numbers, and of a column of categories. */
import {
  categoryEmbedding,
  type Layer,
  periodicEmbedding,
  type PeriodicEmbeddingLayer,
} from 'vinculum';
import type { Draws } from './draws.ts';

/** Often embeddings of the input: of some numbers, and of another column as categories. */
export function embeddingsOfInput(draws: Draws, inputs: number): Layer[] {
  const periodic = embedding(draws, inputs);
  const taken = periodic[0]?.columns ?? [];
  const column = draws.integer(0, inputs - 1);
  if (taken === 'all' || taken.includes(column) || draws.chance(0.6)) return periodic;
  const columns = [{ column, levels: draws.integer(1, 4) }];
  return [...periodic, categoryEmbedding({ columns, size: draws.integer(1, 3) })];
}

/** Often a periodic embedding of one or two columns. */
export function embedding(draws: Draws, columns: number): PeriodicEmbeddingLayer[] {
  if (!draws.chance(0.3)) return [];
  const drawn = new Set([draws.integer(0, columns - 1), draws.integer(0, columns - 1)]);
  const chosen = [...drawn].toSorted((a, b) => a - b);
  return [
    periodicEmbedding({
      columns: columns <= 2 ? 'all' : chosen,
      frequencies: draws.integer(1, 4),
      units: draws.integer(1, 3),
    }),
  ];
}
