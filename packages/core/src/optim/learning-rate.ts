/**
 * The rule that every optimiser has for its learning rate, said once.
 */
import { checkNumber } from '../options.ts';

/**
 * Refuses a learning rate that is not a finite number above 0.
 *
 * @param where - the public function, for the message
 * @param value - what was given
 * @returns the same
 * @throws {TypeError} when it is no number
 * @throws {RangeError} when it is not above 0, or not finite
 */
export function checkLearningRate(where: string, value: unknown): number {
  return checkNumber(where, 'learningRate', value, { above: 0 });
}
