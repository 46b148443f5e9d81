/**
 * The quantities of the update, parameter by parameter, as the run's own clipping and optimiser have them: the
 * norm and the clipped gradient, eq. (30); the moments, eq. (26)–(28) for Adam; the new parameters, eq. (29).
 */
import type { Quantity } from '../program/notation.ts';
import { SCALARS } from '../program/scalars.ts';
import { traced, type TracedQuantity } from './quantity.ts';
import type { BoundStep } from './step.ts';
import { allFormulas, limited, symbolsOf, type UpdateDescription } from './update-formulas.ts';

/**
 * Every quantity that an update has written.
 *
 * @param written - the parameters, by the names of their tensors
 */
export function updateQuantities(
  step: BoundStep,
  written: ReadonlyMap<string, Quantity>,
  norm: number,
  description: UpdateDescription,
): TracedQuantity[] {
  const { program, scalars } = step;
  const quantity = { name: 'gradientNorm', symbol: '‖g‖', latex: '\\|g\\|', equation: 30 };
  const quantities = [traced(quantity, '\\sqrt{\\sum_j g_j^2}', [], [norm])];
  for (const { tensor, equation, suffix, symbol, latex, formula } of allFormulas(description)) {
    // The traced tensor of clipping holds g·s; a bound on each element, infinite without `clip.value`, comes after.
    const limit = tensor === 'clippedAdjoints' ? scalars[SCALARS.clipValue]! : Infinity;
    const flat = step.memoryOf(program.tensors.get(tensor)!);
    for (const place of step.layout.parameters) {
      const { name, shape, offset, size } = place;
      const parameter = written.get(name)!;
      const symbols = symbolsOf(description, parameter.latex, place);
      const own = {
        name: parameter.name + suffix,
        symbol: symbol(parameter.symbol),
        latex: latex(parameter.latex),
        equation,
      };
      const values = Array.from(flat.subarray(offset, offset + size), (value) =>
        Math.min(Math.max(value, -limit), limit),
      );
      const plain = formula(symbols);
      const shown = tensor === 'parameters' ? limited(description, place, plain) : plain;
      quantities.push(traced(own, shown, shape, values));
    }
  }
  return quantities;
}
