/** The error bounds of a factor and a shift for each column, and of their adjoints: eq. (35)–(37). */
import type { BoundAccess, OpOf } from './bound-access.ts';

/** Each element is a product and a sum, and the parameters have no error. */
export function boundScaleColumns(
  { out, input, weight, bias }: OpOf<'scaleColumns'>,
  { values, errors, rounding, set }: BoundAccess,
): void {
  const [x, ex] = [values(input), errors(input)];
  const [factors, shifts] = [values(weight), bias && values(bias)];
  const bounds = x.map((value, j) => {
    const c = j % factors.length;
    const factor = Math.abs(factors[c]!);
    const size = (Math.abs(value) + ex[j]!) * factor + Math.abs(shifts?.[c] ?? 0);
    return ex[j]! * factor + rounding(size, 2);
  });
  set(out, bounds);
}

/** w̄ is a sum of products over the rows, b̄ a sum of the adjoints themselves. */
export function boundScaleColumnsWeightAdjoint(
  { weightBar, biasBar, outBar, input }: OpOf<'scaleColumnsWeightAdjoint'>,
  { rows, values, errors, rounding, set }: BoundAccess,
): void {
  const [bar, barErrors] = [values(outBar), errors(outBar)];
  const [x, inputErrors] = [values(input), errors(input)];
  const columns = weightBar.size;
  const weightBounds = new Float64Array(columns);
  const biasBounds = new Float64Array(columns);
  for (let c = 0; c < columns; c++) {
    let [products, productErrors, sum, sumErrors] = [0, 0, 0, 0];
    for (let j = c; j < rows * columns; j += columns) {
      const [g, size, eg, ex] = [
        Math.abs(bar[j]!),
        Math.abs(x[j]!),
        barErrors[j]!,
        inputErrors[j]!,
      ];
      productErrors += eg * size + g * ex + eg * ex;
      products += (g + eg) * (size + ex);
      sumErrors += eg;
      sum += g + eg;
    }
    weightBounds[c] = productErrors + rounding(products, rows + 2);
    biasBounds[c] = sumErrors + rounding(sum, rows + 2);
  }
  set(weightBar, weightBounds);
  if (biasBar) set(biasBar, biasBounds);
}
