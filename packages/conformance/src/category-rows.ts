/** Rows for networks that embed categories: their columns of categories must hold whole numbers. */
import type { NetworkSpec } from 'vinculum';

/**
 * Writes a level into each column of categories of a network whose first layers embed columns of the input.
 *
 * @param values - the rows; they are changed
 * @param network - its inputs and layers
 * @param levelOf - the level in a row, from 0 to `levels` − 1
 * @returns `values`
 */
export function withCategories<Values extends Float32Array | Float64Array>(
  values: Values,
  { inputs, layers }: Pick<NetworkSpec, 'inputs' | 'layers'>,
  levelOf = (row: number, levels: number): number => (7 * row) % levels,
): Values {
  for (const layer of layers) {
    if (layer.kind !== 'category-embedding') continue;
    for (const { column, levels } of layer.columns) {
      for (let n = 0; n < values.length / inputs; n++) {
        values[n * inputs + column] = levelOf(n, levels);
      }
    }
  }
  return values;
}
