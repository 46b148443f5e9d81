/**
 * The error bounds of normalised rows, eq. (38), (39), (42). Everything is computed in float64 and rounded once, so a bound
 * is the sum of the propagated errors of the inputs, one rounding, and the rounding errors of float64.
 */
import { columnsOf, EVALUATION, type BoundAccess, type OpOf } from './bound-access.ts';

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * With |Δx| ≤ E for each element: |Δμ| ≤ mean(E), |Δd| ≤ E + mean(E) for d = x − μ, |Δσ²| ≤ mean(2|d|Δd + Δd²); r = 1/√(σ² + ε) is
 * monotone, and σ² + ε is never below ε.
 */
export function boundNormalizeRows(
  { out, means, inverseDeviations, input, epsilon }: OpOf<'normalizeRows'>,
  { rows, values, errors, rounding, set }: BoundAccess,
): void {
  const [x, ex, hat] = [values(input), errors(input), values(out)];
  const columns = columnsOf(input);
  const bounds = new Float64Array(out.size);
  const meanBounds = new Float64Array(rows);
  const deviationBounds = new Float64Array(rows);
  for (let n = 0; n < rows; n++) {
    const at = n * columns;
    const row = [...x.subarray(at, at + columns)];
    const rowErrors = [...ex.subarray(at, at + columns)];
    const [mean, meanError] = [meanOf(row), meanOf(rowErrors)];
    const distances = row.map((value) => Math.abs(value - mean));
    const distanceErrors = rowErrors.map((error) => error + meanError);
    const variance = meanOf(distances.map((distance) => distance * distance)) + epsilon;
    const varianceError = meanOf(
      distances.map((d, c) => 2 * d * distanceErrors[c]! + distanceErrors[c]! ** 2),
    );
    const r = 1 / Math.sqrt(variance);
    const [lowest, highest] = [
      Math.max(variance - varianceError, epsilon),
      variance + varianceError,
    ];
    const rError = Math.max(1 / Math.sqrt(lowest) - r, r - 1 / Math.sqrt(highest));
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let c = 0; c < columns; c++) {
      const inherited = distances[c]! * rError + distanceErrors[c]! * (r + rError);
      const evaluation = EVALUATION * (largest + distances[c]!) * (r + rError);
      const size = Math.abs(hat[at + c]!) + inherited + evaluation;
      bounds[at + c] = inherited + evaluation + rounding(size);
    }
    meanBounds[n] = meanError + EVALUATION * largest + rounding(Math.abs(mean) + meanError);
    deviationBounds[n] = rError + EVALUATION * r + rounding(r + rError);
  }
  set(out, bounds);
  if (means) set(means, meanBounds);
  if (inverseDeviations) set(inverseDeviations, deviationBounds);
}

/** x̄ = r (g − mean(g) − x̂ q), where q = mean(g x̂). The errors of g, x̂ and r are propagated through each product. */
export function boundNormalizeRowsAdjoint(
  { out, input, normalized, inverseDeviations }: OpOf<'normalizeRowsAdjoint'>,
  { rows, values, errors, rounding, set }: BoundAccess,
): void {
  const [g, eg] = [values(input), errors(input)];
  const [hat, eh] = [values(normalized), errors(normalized)];
  const [deviations, er] = [values(inverseDeviations), errors(inverseDeviations)];
  const columns = columnsOf(input);
  const bounds = new Float64Array(out.size);
  for (let n = 0; n < rows; n++) {
    const places = Array.from({ length: columns }, (_, c) => n * columns + c);
    const size = (j: number): [number, number] => [Math.abs(g[j]!), Math.abs(hat[j]!)];
    const meanSize = meanOf(places.map((j) => size(j)[0]));
    const meanError = meanOf(places.map((j) => eg[j]!));
    const q = meanOf(places.map((j) => size(j)[0] * size(j)[1]));
    const qError = meanOf(
      places.map((j) => eg[j]! * size(j)[1] + size(j)[0] * eh[j]! + eg[j]! * eh[j]!),
    );
    for (const j of places) {
      const [gj, xj] = size(j);
      const inner = gj + meanSize + xj * q;
      const innerError = eg[j]! + meanError + xj * qError + eh[j]! * (q + qError);
      const r = deviations[n]!;
      const inherited = r * innerError + er[n]! * (inner + innerError);
      const whole = (r + er[n]!) * (inner + innerError);
      bounds[j] = inherited + EVALUATION * whole + rounding(whole);
    }
  }
  set(out, bounds);
}
