/**
 * A model as the importance of its columns needs it: which inputs of the networks belong to which column of the rows, and what the
 * model answers if some inputs are others. Columns are prepared one by one, so a column can be changed without preparing the rest
 * again.
 */
import { encodeLabelsFor, type Label } from '../arrays/labels.ts';
import type { Matrix } from '../arrays/matrix.ts';
import { readTargets } from '../arrays/targets.ts';
import type { FittedClassifier, FittedMultilabelClassifier } from '../estimators/classifier.ts';
import { labelTargets } from '../estimators/classifier-task.ts';
import type { LabelRows } from '../estimators/label-rows.ts';
import type { FittedRegressor } from '../estimators/regressor.ts';
import { readNumbers } from '../estimators/number-targets.ts';
import { networkWeights } from '../estimators/recipe-weights.ts';
import { asInput, readRows, type Rows } from '../estimators/rows.ts';
import { atTemperature } from '../estimators/temperature.ts';
import type { LossKind } from '../losses/loss.ts';
import type { RealArray } from '../metrics/metric.ts';
import { meanPrediction } from '../model/mean-prediction.ts';
import { readInputs, stateOf, type Network } from '../model/network.ts';
import { prepareFor } from '../tables/prepare.ts';
import { startsOf, widthOf, type ColumnPreparation } from '../tables/preparation.ts';
import { outputSpan, unscaleTargets, type Scaling } from '../tables/scaling.ts';
import type { Table } from '../tables/table.ts';
import { mustBe, typeError } from '../words/fault.ts';
import { isRecord } from '../words/options.ts';

/** A model whose columns can be explained: what the library trains. */
export type ExplainableModel =
  Network | FittedClassifier | FittedMultilabelClassifier | FittedRegressor;

/** A column of the rows, and its inputs of the networks: `width` of them from `start` on. */
export interface ExplainedColumn {
  readonly name: string;
  readonly start: number;
  readonly width: number;
  /** How it is prepared; absent for a network, whose inputs are numbers. */
  readonly preparation?: Exclude<ColumnPreparation, { kind: 'ignored' }>;
}

/** See the head of this file. */
export interface ExplainedModel {
  /** One, or those of an ensemble. */
  readonly networks: readonly Network[];
  /** How much each network counts, with the sum 1. */
  readonly weights: readonly number[];
  readonly loss: LossKind;
  /** What the outputs mean: classes, labels by number, or targets by number. */
  readonly outputs: readonly Label[];
  /** The columns that the model uses, in the order of the rows. */
  readonly columns: readonly ExplainedColumn[];
  /** The rows as they were given, and as the networks take them. */
  read(rows: Rows): { readonly given: Table | Matrix; readonly inputs: Matrix };
  /** The targets of the rows in the form of the metrics. */
  targets(given: unknown, rows: number): Int32Array | Float64Array;
  /** Probabilities, or numbers in the unit of the targets, shape [rows, outputs]. */
  answers(inputs: Matrix): RealArray;
  /** How an output of the networks becomes a number in the unit of its target: scale · output + mean. */
  unit(output: number): Scaling;
}

/** @throws {TypeError} when it is none of the models that the library trains */
export function explainedModel(where: string, model: ExplainableModel): ExplainedModel {
  const given: unknown = model;
  const kind = isRecord(given) ? given['kind'] : undefined;
  if (kind === 'classifier' || kind === 'regressor') {
    return explainedEstimator(where, model as FittedClassifier | FittedRegressor);
  }
  if (kind === 'network') return explainedNetwork(where, model as Network);
  throw typeError(mustBe(where, 'model', 'a network, or a fitted Classifier or Regressor', given));
}

function explainedEstimator(
  where: string,
  model: FittedClassifier | FittedMultilabelClassifier | FittedRegressor,
): ExplainedModel {
  const { preparation, networks, calibration, recipeWeights } = model;
  const weights = networkWeights(recipeWeights, networks.length);
  const starts = startsOf(preparation.columns);
  const columns = preparation.columns.flatMap((column, i): ExplainedColumn[] =>
    column.kind === 'ignored'
      ? []
      : [{ name: column.name, start: starts[i]!, width: widthOf(column), preparation: column }],
  );
  const scaler = model.kind === 'regressor' ? model.targetScaler : undefined;
  const outputs =
    model.kind === 'classifier' ? model.classes : model.targetScaler.mean.map((_, i) => i);
  return {
    networks,
    weights: weights ?? networks.map(() => 1 / networks.length),
    loss: model.plan.loss.kind,
    outputs,
    columns,
    read(rows) {
      const read = readRows(where, rows, preparation);
      return { given: read, inputs: prepareFor(where, preparation, read) };
    },
    targets(targets, rows) {
      if (model.kind === 'regressor') {
        return readNumbers(where, targets as number[], rows, outputs.length);
      }
      return model.labels === undefined
        ? encodeLabelsFor(where, model.classes, targets as Label[], rows)
        : labelTargets(where, targets as LabelRows, rows, outputs.length);
    },
    answers(inputs) {
      const each = networks.map((net) => net.predict(asInput(inputs)));
      const mean = meanPrediction(each, outputSpan(scaler), weights);
      if (scaler !== undefined) return unscaleTargets(scaler, mean.data);
      return atTemperature(mean, calibration?.temperature ?? 1).data;
    },
    unit: (output) =>
      scaler === undefined ? PLAIN : { mean: scaler.mean[output]!, scale: scaler.scale[output]! },
  };
}

/** The unit of an output that is no scaled target. */
const PLAIN: Scaling = { mean: 0, scale: 1 };

/** The losses that go with the output functions. */
const LOSSES = {
  identity: 'mse',
  exp: 'poisson',
  sigmoid: 'binary-cross-entropy',
  softmax: 'softmax-cross-entropy',
} as const;

function explainedNetwork(where: string, net: Network): ExplainedModel {
  const state = stateOf(where, net);
  const { spec, layout } = state;
  const loss = LOSSES[spec.output ?? 'identity'];
  return {
    networks: [net],
    weights: [1],
    loss,
    outputs: Array.from({ length: layout.outputs }, (_, i) => i),
    columns: Array.from({ length: spec.inputs }, (_, i) => ({
      name: String(i),
      start: i,
      width: 1,
    })),
    read(rows) {
      const inputs = unscaled(readInputs(where, state, rows, 'rows'));
      return { given: inputs, inputs };
    },
    targets(targets, rows) {
      const read = readTargets(where, targets, { loss, outputs: layout.outputs, rows });
      return read.kind === 'labels' ? read.labels : Float64Array.from(read.data);
    },
    answers: (inputs) => net.predict(asInput(inputs)).data,
    unit: () => PLAIN,
  };
}

/** The matrix with its scale applied, so that any number may be written into it. */
function unscaled(matrix: Matrix): Matrix {
  const { data, scale } = matrix;
  if (!(data instanceof Uint8Array)) return matrix;
  return { ...matrix, data: Float32Array.from(data, (one) => one * scale), scale: 1 };
}
