/**
 * The half cosine between two rates, on which several schedules move, with the core's own cosine because that of the
 * JavaScript engine has different bits in different engines.
 */
import { cosPi } from '../../elementary/index.ts';

/**
 * The point at `progress` on the half cosine from one rate to another.
 *
 * @param from - at progress 0
 * @param to - at progress 1
 * @param progress - in [0, 1]
 */
export function halfCosine(from: number, to: number, progress: number): number {
  return to + (from - to) * (0.5 * (1 + cosPi(progress)));
}
