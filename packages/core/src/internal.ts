/**
 * The friend entry `vinculum/internal`: what our own packages (io, cli, report, conformance) share with the core and users
 * do not need. Usable by anyone, but not promised: a name here may change in any release. Import the entry
 * `vinculum` too, because it is the one that registers the backends of the platform. What is public is imported from there.
 */

/** Faults in parts, and the errors that carry them: io throws them, and the command says them in its own words. */
export {
  backendError,
  carrying,
  dataError,
  faultFrom,
  faultOf,
  formatError,
  mustBe,
  printFault,
  rangeError,
  stateError,
  systemError,
  typeError,
  withReason,
  type Fault,
} from './words/fault.ts';

/** How values, lists and numbers look in messages, and the known word that is nearest to an unknown one. */
export { editDistance, listed, nearest, show, showAll, suggestion } from './words/messages.ts';

/** Checks of options by a table of rules, and the rule of a number in words. */
export {
  checkBoolean,
  checkChoice,
  checkNumber,
  checkOptions,
  isRecord,
  isWithin,
  readOptions,
  ruleText,
  type NumberRule,
} from './words/options.ts';

/** The elementary functions of the core, which give the same bits everywhere. */
export {
  cosPi,
  erfc,
  exp,
  expm1,
  log1p,
  sigmoid,
  sinPi,
  softplus,
  tanh,
} from './elementary/index.ts';

/** The random streams: which numbers a seed gives to shuffling and dropout. */
export { shuffleRows } from './random/shuffle.ts';
export { blockInto, dropoutKeep, PURPOSES } from './random/streams.ts';

/** The names that options accept, each list from the folder that defines them. */
export {
  ACTIVATION_KINDS,
  activationFacts,
  readActivation,
  SELU_ALPHA,
  SELU_LAMBDA,
} from './activations/activation.ts';
export {
  isCrossEntropy,
  LOSS_KINDS,
  lossFacts,
  NUMBER_LOSSES,
  OUTPUT_FUNCTIONS,
  outputOfLoss,
} from './losses/loss.ts';
export {
  OPTIMIZER_NAMES,
  optimizerFactory,
  type OptimizerFactory,
  type OptimizerName,
} from './optim/optimizer.ts';
export { SCHEDULE_WORDS, scheduleOfWord } from './optim/schedule.ts';
export { BACKEND_NAMES, INSTRUCTION_SETS, THREADED_BACKENDS } from './backends/names.ts';

/** The inputs that a prepared column becomes, for those who write a preparation in another language. */
export { startsOf, widthOf } from './tables/preparation.ts';
export { datePartCycle, type FittedDatePart } from './tables/date-parts.ts';
export { DAY, HOUR, MINUTE } from './tables/reading/calendar.ts';

/** The optimisers' numbers of one step, and clipping. */
export { clipScale } from './optim/clip.ts';
export { measureBounds, unknownBounds } from './optim/moment-bounds.ts';
export {
  boundStep,
  coefficientsInto,
  UPDATE_RULES,
  updateNeeds,
  type UpdateRule,
} from './optim/optimizer.ts';

/** Layers by kind, and the places of a network's parameters in its flat vector. */
export { kindOf, LAYER_KINDS } from './network/layers/kinds.ts';
export { layoutOf, predictionLayers, type Layout } from './network/layout.ts';

/** Programs: what a network is lowered to, and what backends run. */
export { lower } from './lowering/lower.ts';
export type { UpdateRequest } from './lowering/lowering.ts';
export { MemoryPlan } from './program/memory.ts';
export {
  byPhase,
  SUM_BLOCK,
  type ActivationAdjointOp,
  type Category,
  type DenseInputAdjointOp,
  type DenseOp,
  type DenseWeightAdjointOp,
  type EmbeddingOp,
  type ElementType,
  type LossAdjointOp,
  type LossOp,
  type Op,
  type Phase,
  type Program,
  type Region,
  type Tensor,
  type UpdateOp,
} from './program/program.ts';
export { SCALAR_COUNT, SCALARS, type ScalarSlot } from './program/scalars.ts';

/** The backends and their parts, for the suite that each must pass. */
export { aligned, NUMERICS } from './backends/contract.ts';
export { activationDerivative } from './backends/reference/activation.ts';
export { referenceBackend } from './backends/reference/backend.ts';
export {
  CODES,
  CONSTANTS,
  encodeForCaller,
  FIELDS,
  tableVersion,
} from './backends/kernels/table.ts';
export { cpuQuota, processorsWithin, type ReadText } from './backends/cpu-quota.ts';
export type { ThreadSource } from './backends/thread-choice.ts';
export { useFusedKernels, wasmBackend } from './backends/wasm/backend.ts';
export { fusedGain } from './model/fused-gain.ts';
export { isFusing } from './backends/wasm/fusing.ts';
export {
  extractBytes,
  presetModule,
  unpackModule,
  type PackedModule,
} from './backends/wasm/embedding.ts';
export { WasmExecutable } from './backends/wasm/executable.ts';
export { KernelPool } from './backends/wasm/instance.ts';
export { KERNELS, KERNELS_BYTES } from './backends/wasm/kernels.generated.ts';
export { STACK_BYTES } from './backends/wasm/team.ts';
export { nativeBackend } from './backends/native/backend.ts';
export { NativeExecutable } from './backends/native/executable.ts';
export type { NativeBinding, NativeKernels } from './backends/native/binding.ts';

/** Arrays, labels, splits and targets: readers that name the public function that was called. */
export { encodeLabelsFor, findClassesFor } from './arrays/labels.ts';
export { readMatrixFor } from './arrays/matrix.ts';
export { validationSplitFor } from './arrays/split.ts';
export { readSplitRoles } from './arrays/split-rule.ts';
export { LARGEST_TARGET, readTargets } from './arrays/targets.ts';

/** Tables, likewise. */
export { SCALINGS, type ScalingRule } from './tables/column-scaling.ts';
export { fitPreparationFor } from './tables/preparation.ts';
export { readingNotes } from './tables/preparation-notes.ts';
export { checkData, rowKeys } from './tables/data-checks.ts';
export { datePartNames, datePartTitles } from './tables/date-parts.ts';
export { prepareFor } from './tables/prepare.ts';
export { columnOfTableFor, rowNumberOf } from './tables/table.ts';
export { storedColumn, type Loader } from './tables/stored-column.ts';
export { sliceTable } from './tables/slice-table.ts';
export { clipTo, outputSpan } from './tables/scaling.ts';
export { tableFromRowsFor } from './tables/table-from-rows.ts';

/** How cells of text are read, for the readers of files. */
export type { Choice } from './words/fault.ts';
export { formOf, losesDigits, looksLikeCode, readTruth } from './tables/reading/cell-form.ts';
export { DATE_FORMATS, type DateFormatName } from './tables/reading/date-formats.ts';
export {
  dateReading,
  decideColumn,
  DECIMAL_COMMA,
  LONG_INTEGERS,
} from './tables/reading/decide.ts';
export {
  decimalMarkOf,
  evidenceOf,
  type CellFault,
  type ColumnEvidence,
  type DecidedMark,
  type SourceRules,
} from './tables/reading/decimal-mark.ts';
export { readKnownDate, readKnownNumber } from './tables/reading/known-cells.ts';
export {
  hasTwoValues,
  onlyMark,
  PLAIN_NUMBER,
  readMarks,
  type DecimalMark,
} from './tables/reading/marks.ts';
export { readTexts } from './tables/reading/read-texts.ts';
export { studyOf, type Study } from './tables/reading/study.ts';

/** Metrics: one registry row each, and what counts a batch into them. */
export { MetricAccumulator } from './metrics/accumulator.ts';
export { argmax } from './metrics/class-of-row.ts';
export { classReport, labelReport, type ClassScore } from './metrics/class-report.ts';
export { confusion } from './metrics/statistics/confusion.ts';
export { rowShape } from './metrics/metric.ts';
export { METRICS, metricsFor } from './metrics/registry.ts';
export { measure, type MeasureOptions, type Measurement } from './train/evaluate.ts';

/** Calls of `fit` on other threads: the program of such a thread, and where threads come from. */
export { serveJob } from './train/fit-job.ts';
export { useFitThreads, type FitThread, type FitThreadSource } from './train/fit-threads.ts';

/** Estimators: their plans, presets and parts, which the command puts together itself. */
export { EMBEDDINGS } from './estimators/embedding.ts';
export { sliceRows } from './estimators/rows.ts';
export { divide, learn, type RecipeRequest, type RecipeResult } from './estimators/recipe.ts';
export { SEARCH_METHODS, searchPlans, type Outcome } from './estimators/search.ts';
export { drawTrial, readSpace } from './estimators/search-space.ts';
export { crossLearn, foldsOfRequest } from './estimators/cross-learn.ts';
export type { TargetRows } from './estimators/recipe-request.ts';
export { MAX_MEMBERS } from './estimators/plan.ts';
export { knownPredictions } from './estimators/calibration.ts';
export { intervalsFor } from './estimators/intervals.ts';
export { ensemblePart, membersOf, withMembers } from './estimators/members.ts';
export { atTemperature, LEAST_PROBABILITY } from './estimators/temperature.ts';
export type { OutOfFold } from './estimators/out-of-fold.ts';
export { sizedPlan } from './estimators/budget.ts';
export { budgetPart, PRESET_NAMES, PRESETS, type Preset } from './estimators/presets.ts';
export { RECIPE_NAMES, RECIPES, recipeChanges, type RecipeParts } from './estimators/recipes.ts';
export { networkWeights } from './estimators/recipe-weights.ts';
export { savedNetworks } from './estimators/state.ts';

/** Networks and training from the inside. */
export { INITIALISER_NAMES, readInitialiser } from './init/initialiser.ts';
export { readLoss } from './losses/loss.ts';
export { meanPrediction } from './model/mean-prediction.ts';
export { stateOf } from './model/network.ts';
export { atOnce } from './model/runner.ts';
export { DataSet } from './train/data-set.ts';
export { TrainingRun } from './train/run.ts';
export { readStepSettings } from './train/settings.ts';

/** Model files: reading that names the public function that was called, and the parts of a file's head. */
export { crc32c } from './formats/crc32c.ts';
export { DIGEST_NAME } from './formats/digest.ts';
export {
  checkFileLength,
  headLength,
  parseHead,
  readSafetensorsFor,
} from './formats/read-safetensors.ts';
