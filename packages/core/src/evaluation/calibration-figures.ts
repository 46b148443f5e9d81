/**
 * Calibration figures of a classifier: the diagram of reliability, its errors, and the temperature that would mend the probabilities.
 */
import { atTemperature, fitTemperature } from '../estimators/temperature.ts';
import { predictedClass } from '../metrics/class-of-row.ts';
import { quantileEdges, ascending, uniformEdges } from './bins.ts';
import type { PredictedRows } from './bootstrap.ts';
import type { CalibrationFigures } from './class-evaluation.ts';
import { figuresOf } from './measured.ts';
import { calibrationErrors, reliabilityBins } from './reliability.ts';

/**
 * The calibration of rows.
 *
 * @param bins - of each diagram
 */
export function calibrationOf(predicted: PredictedRows, bins: number): CalibrationFigures {
  const { shape, rows, output, target, weights } = predicted;
  const { columns } = shape;
  const isPair = columns === 2;
  const judged = (row: number): number => (isPair ? 1 : predictedClass(shape, output, row));
  const probabilities = Float64Array.from(
    { length: rows },
    (_, row) => output[row * columns + judged(row)]!,
  );
  const promises = {
    probabilities,
    isTrue: (row: number) => target[row] === judged(row),
    weights,
  };
  const uniform = reliabilityBins(promises, uniformEdges(0, 1, bins));
  const outputs = { data: output, shape: [rows, columns] as [number, number] };
  const classes = target as Int32Array;
  const temperature = rows === 0 ? 1 : fitTemperature([{ outputs, classes, weights }]);
  const { data } = atTemperature(outputs, temperature);
  return {
    of: isPair ? 'second class' : 'predicted class',
    uniform,
    quantile: reliabilityBins(promises, quantileEdges(ascending(probabilities), bins)),
    ...calibrationErrors(uniform),
    temperature,
    logLossAtTemperature: figuresOf({ ...predicted, output: data }).logLoss ?? null,
  };
}
