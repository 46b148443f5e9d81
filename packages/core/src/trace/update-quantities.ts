/**
 * The quantities of the update, parameter by parameter, as the run's own clipping and optimiser have them: the
 * norm and the clipped gradient, eq. (30); the moments, eq. (26)–(28) for Adam; the new parameters, eq. (29).
 */
import type { HostExecutable } from '../backends/contract.ts';
import type { ParameterPlace } from '../network/layout.ts';
import type { Program, Quantity } from '../program/program.ts';
import { superscript } from '../program/quantities.ts';
import { SCALARS } from '../program/scalars.ts';
import { traced, type TracedQuantity } from './quantity.ts';
import {
  updateFamilies,
  type Family,
  type FormulaParameter,
  type UpdateDescription,
} from './update-formulas.ts';

/** Everything an update has written, of what its rule has. */
export function updateQuantities(
  program: Program,
  executable: HostExecutable,
  norm: number,
  description: UpdateDescription,
): TracedQuantity[] {
  const quantity = { name: 'gradientNorm', symbol: '‖g‖', latex: '\\|g\\|', equation: 30 };
  const quantities = [traced(quantity, '\\sqrt{\\sum_j g_j^2}', [], [norm])];
  for (const family of updateFamilies(description)) {
    const flat = executable.view(family.tensor);
    for (const place of program.layout.parameters) {
      const values = Float64Array.from(flat.subarray(place.offset, place.offset + place.size));
      if (family.tensor === 'clippedAdjoints') clamp(values, executable.scalars);
      const formula = family.formula(formulaParameter(place));
      quantities.push(traced(quantityOf(family, place), formula, place.shape, values));
    }
  }
  return quantities;
}

/** The traced tensor holds g·s; a bound on each element, infinite without `clip.value`, comes after. */
function clamp(values: Float64Array, scalars: Float64Array): void {
  const limit = scalars[SCALARS.clipValue]!;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! > limit) values[i] = limit;
    else if (values[i]! < -limit) values[i] = -limit;
  }
}

function formulaParameter(place: ParameterPlace): FormulaParameter {
  const isWeight = place.role === 'weight';
  const letter = isWeight ? 'W' : 'b';
  const layer = `^{(${place.layer + 1})}`;
  return { latex: `${letter}${layer}`, bar: `\\bar{${letter}}${layer}`, isWeight };
}

function quantityOf(family: Family, place: ParameterPlace): Quantity {
  const letter = place.role === 'weight' ? 'W' : 'b';
  const number = place.layer + 1;
  return {
    name: `${letter}${number}${family.suffix}`,
    symbol: family.symbol(`${letter}⁽${superscript(number)}⁾`),
    latex: family.latex(formulaParameter(place).latex),
    equation: family.equation,
  };
}
