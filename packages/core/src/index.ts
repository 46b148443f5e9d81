/**
 * vinculum: feed-forward neural networks. Everything public, for Node, browsers and workers alike.
 * The names are grouped by topic.
 *
 * @example
 * import { dense, fit, network } from 'vinculum';
 *
 * const net = network({ inputs: 2, layers: [dense(8, { activation: 'tanh' }), dense(2)] });
 * await fit(net, { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0] }, {
 *   loss: 'softmax-cross-entropy',
 *   epochs: 200,
 * });
 */
export type {
  Backend,
  CompileOptions,
  Executable,
  Numerics,
  TensorView,
} from './backends/contract.ts';
export { registerBackend, registeredBackends, type BackendChoice } from './backends/registry.ts';
export {
  network,
  type Network,
  type ParameterValues,
  type Prediction,
  type PredictOptions,
} from './model/network.ts';
export { dense, type DenseLayer, type DenseOptions } from './network/layers/dense.ts';
export { dropout, type DropoutLayer } from './network/layers/dropout.ts';
export {
  layerNormalization,
  type LayerNormalizationLayer,
  type LayerNormalizationOptions,
} from './network/layers/layer-normalization.ts';
export {
  categoryEmbedding,
  type CategoryEmbeddingLayer,
  type CategoryEmbeddingOptions,
} from './network/layers/category-embedding.ts';
export {
  periodicEmbedding,
  type PeriodicEmbeddingLayer,
  type PeriodicEmbeddingOptions,
} from './network/layers/periodic-embedding.ts';
export { scaling, type ScalingLayer } from './network/layers/scaling.ts';
export type { Layer } from './network/layers/kinds.ts';
export type { ParameterMap } from './network/readable.ts';
export type { NetworkDtype, NetworkOptions, NetworkSpec } from './network/spec.ts';
export type { Activation, ActivationKind, ActivationOption } from './activations/activation.ts';
export type { Initialiser, InitialiserOption } from './init/initialiser.ts';
export type { Loss, LossKind, LossOption, OutputFunction } from './losses/loss.ts';
export {
  encodeLabels,
  findClasses,
  type Classes,
  type Label,
  type LabelInput,
} from './arrays/labels.ts';
export { selectMatrixRows } from './arrays/select-rows.ts';
export {
  readMatrix,
  type Matrix,
  type MatrixData,
  type MatrixInput,
  type NumericArray,
  type ShapedArray,
} from './arrays/matrix.ts';
export type { Embedding } from './estimators/embedding.ts';
export type { ColumnScaling, ScalingRule } from './tables/column-scaling.ts';
export {
  fitPreparation,
  type BooleanPreparation,
  type ColumnPreparation,
  type DatePreparation,
  type IgnoredPreparation,
  type NumberPreparation,
  type PreparationOptions,
  type TablePreparation,
  type TextPreparation,
} from './tables/preparation.ts';
export {
  describeTable,
  type ColumnDescription,
  type DescribeOptions,
  type NumberSpread,
  type TableDescription,
} from './tables/describe.ts';
export { preparationNotes } from './tables/preparation-notes.ts';
export { prepare } from './tables/prepare.ts';
export {
  fitTargetScaler,
  scaleTargets,
  unscaleTargets,
  type Scaling,
  type TargetScaler,
  type TargetSpan,
} from './tables/scaling.ts';
export {
  trainTestSplit,
  type Split,
  type SplitOptions,
  validationSplit,
  type ValidationSplit,
} from './arrays/split.ts';
export { kFold, type KFoldOptions } from './arrays/k-fold.ts';
export type { SplitRoles } from './arrays/split-rule.ts';
export {
  cellAt,
  classColumn,
  columnOfTable,
  selectRows,
  type BooleanColumn,
  type Cell,
  type Column,
  type ColumnKind,
  type DateColumn,
  type NumberColumn,
  type RowInput,
  type RowRecord,
  type Table,
  type TextColumn,
} from './tables/table.ts';
export { tableFromRows } from './tables/table-from-rows.ts';
export { MISSING_VALUES } from './tables/reading/missing-words.ts';
export type { ColumnReading, DataNote } from './tables/reading/reading.ts';
export type { TargetInput } from './arrays/targets.ts';
export { adagrad, type AdaGrad, type AdaGradOptions } from './optim/adagrad.ts';
export { adam, adamw, type Adam, type AdamOptions, type AdamWOptions } from './optim/adam.ts';
export type { ClipOption } from './optim/clip.ts';
export { nadam, type Nadam, type NadamOptions } from './optim/nadam.ts';
export type { Optimizer } from './optim/optimizer.ts';
export { radam, type Radam, type RadamOptions } from './optim/radam.ts';
export { rmsprop, type RmsProp, type RmsPropOptions } from './optim/rmsprop.ts';
export type { Schedule } from './optim/schedule.ts';
export {
  adaptive,
  type AdaptiveOptions,
  type AdaptiveSchedule,
} from './optim/schedules/adaptive.ts';
export { constant, type ConstantSchedule } from './optim/schedules/constant.ts';
export { cosine, type CosineOptions, type CosineSchedule } from './optim/schedules/cosine.ts';
export {
  cosineRestarts,
  type CosineRestartsOptions,
  type CosineRestartsSchedule,
} from './optim/schedules/cosine-restarts.ts';
export { exponential, type ExponentialSchedule } from './optim/schedules/exponential.ts';
export { inverseScaling, type InverseScalingSchedule } from './optim/schedules/inverse-scaling.ts';
export {
  oneCycle,
  type OneCycleOptions,
  type OneCycleSchedule,
} from './optim/schedules/one-cycle.ts';
export {
  polynomial,
  type PolynomialOptions,
  type PolynomialSchedule,
} from './optim/schedules/polynomial.ts';
export {
  reduceOnPlateau,
  type ReduceOnPlateau,
  type ReduceOnPlateauOptions,
} from './optim/schedules/reduce-on-plateau.ts';
export { step, type StepSchedule } from './optim/schedules/step.ts';
export { warmup, type WarmupOptions, type WarmupSchedule } from './optim/schedules/warmup.ts';
export { sgd, type Sgd, type SgdOptions } from './optim/sgd.ts';
export {
  BackendUnavailableError,
  DataError,
  ModelFormatError,
  NonFiniteError,
  VinculumError,
  type DataSite,
  type ErrorCode,
  type NonFiniteSite,
} from './words/errors.ts';
export {
  backward,
  forward,
  traceStep,
  type BackwardOptions,
  type BackwardResult,
  type ForwardResult,
  type TraceStepOptions,
} from './trace/inspect.ts';
export {
  checkGradients,
  type CheckGradientsOptions,
  type GradientCheck,
  type GradientElement,
} from './trace/check-gradients.ts';
export type { TracedQuantity } from './trace/quantity.ts';
export {
  fromSafetensors,
  toSafetensors,
  type ModelFileOptions,
  type ModelFromFile,
  type ModelReadOptions,
  type SavableModel,
} from './formats/model-file.ts';
export { readSafetensors } from './formats/read-safetensors.ts';
export type {
  SafetensorsContent,
  SafetensorsDtype,
  SafetensorsTensor,
  TensorData,
} from './formats/safetensors.ts';
export { writeSafetensors } from './formats/write-safetensors.ts';
export { predictor, type Predictor, type PredictorOptions } from './model/predictor.ts';
export {
  Classifier,
  type ClassifierConstructor,
  type ClassifierOptions,
  type FittedClassifier,
  type FittedMultilabelClassifier,
} from './estimators/classifier.ts';
export type { ClassWeight } from './estimators/class-weights.ts';
export type { Indicator, LabelRows } from './estimators/label-rows.ts';
export type { Calibration } from './estimators/calibration.ts';
export type { FittedEstimator } from './estimators/fitted-estimator.ts';
export type { HeldOutErrors, Intervals } from './estimators/intervals.ts';
export type { HeldOut, OutOfFold } from './estimators/out-of-fold.ts';
export type { Budget, Ensemble, TrainPlan } from './estimators/plan.ts';
export type { PresetName } from './estimators/presets.ts';
export type { RecipeName } from './estimators/recipes.ts';
export type { RecipeWeight } from './estimators/recipe-weights.ts';
export type { ClassPassOptions, SampleOptions, ScoreOptions } from './estimators/sample-options.ts';
export type { HiddenActivation } from './estimators/hidden-layers.ts';
export type { EstimatorOptions } from './estimators/options.ts';
export {
  Regressor,
  type FittedRegressor,
  type IntervalOptions,
  type RegressorOptions,
} from './estimators/regressor.ts';
export { crossValidate, type CrossValidateOptions } from './estimators/cross-validate.ts';
export {
  DEFAULT_SPACE,
  tune,
  type Trial,
  type TuneOptions,
  type Tuning,
} from './estimators/tune.ts';
export type { SearchMethod } from './estimators/search.ts';
export type { SearchRange, SearchSpace } from './estimators/search-space.ts';
export type { CrossValidation, FoldScore } from './estimators/cross-learn.ts';
export type { NumberLossOption, RowTargets, VectorTargets } from './estimators/number-targets.ts';
export type { Rows } from './estimators/rows.ts';
export type { RowStorage } from './estimators/row-storage.ts';
export type { Callback, TrainingControl } from './train/callbacks.ts';
export type { EarlyStoppingOptions } from './train/early-stopping.ts';
export { evaluate, type EvaluateOptions } from './train/evaluate.ts';
export type { FitData, FitOptions, Progress } from './train/fit-options.ts';
export { fit } from './train/fit.ts';
export type { RowChunk, RowStream } from './train/row-stream.ts';
export type { EpochRecord, Evaluation, History, StopReason } from './train/history.ts';
export type { MetricName, MetricValues } from './metrics/registry.ts';
export type { ClassWeights } from './train/row-weights.ts';
export type { StepOptions } from './train/settings.ts';
export type { TrainerSettings } from './train/trainer-settings.ts';
export type { TrainerState } from './train/trainer-state.ts';
export {
  trainer,
  type Batch,
  type StepPhase,
  type StepResult,
  type Trainer,
} from './train/trainer.ts';
export type { ClassBaseline, ClassEvaluationInput } from './evaluation/class-input.ts';
export { evaluateClasses } from './evaluation/evaluate-classes.ts';
export type {
  BaselineFigures,
  Figure,
  FigureInterval,
  FigureIntervals,
  Figures,
  Resampling,
} from './evaluation/figure.ts';
export {
  partialDependence,
  type DependenceLine,
  type GridValue,
  type PartialDependence,
  type PartialDependenceOptions,
} from './evaluation/partial-dependence.ts';
export {
  permutationImportance,
  type ColumnImportance,
  type PermutationImportance,
  type PermutationImportanceOptions,
} from './evaluation/permutation-importance.ts';
export {
  integratedGradients,
  type ColumnContribution,
  type IntegratedGradients,
  type IntegratedGradientsOptions,
} from './evaluation/integrated-gradients.ts';
export {
  linearClassBaseline,
  linearNumberBaseline,
  type LinearClassTraining,
  type LinearTraining,
} from './evaluation/linear-baseline.ts';
export type { CorrelatedColumns } from './evaluation/correlated-columns.ts';
export type { ExplainableModel } from './evaluation/explained-model.ts';
export type { ResamplingOptions } from './evaluation/rows-to-evaluate.ts';
export {
  evaluateLabels,
  type LabelEvaluation,
  type LabelEvaluationInput,
} from './evaluation/evaluate-labels.ts';
export {
  evaluateNumbers,
  type NumberBaseline,
  type NumberEvaluationInput,
} from './evaluation/evaluate-numbers.ts';
export type * from './evaluation/class-evaluation.ts';
export type * from './evaluation/number-evaluation.ts';
export { philox4x32 } from './random/philox.ts';
