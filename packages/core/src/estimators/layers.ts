/** The layers of a network that a plan trains: those of its embedding, its own, and the last one, an output for each class or target. */
import { dense } from '../network/layers/dense.ts';
import type { Layer } from '../network/layers/kinds.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import { embeddingLayers } from './embedding.ts';
import type { TrainPlan } from './plan.ts';

/**
 * All layers, from the prepared matrix to the outputs.
 *
 * @param preparation - how the rows are prepared, because only this knows which columns are numbers
 * @param outputs - of the network
 * @param rows - how many rows are known
 */
export function layersOf(
  { embedding = 'none', layers, outputInit }: TrainPlan,
  preparation: TablePreparation,
  outputs: number,
  rows: number,
): Layer[] {
  return [
    ...embeddingLayers(embedding, preparation, rows),
    ...layers,
    dense(outputs, { init: outputInit }),
  ];
}
