/**
 * The friend entry `vinculum/internal`: what our own packages (io, cli, report, conformance) share with the core and users
 * do not need. Usable by anyone, but not promised: a name here may change in any release. Import the entry
 * `vinculum` too, because it is the one that registers the backends of the platform.
 */
export { ACTIVATION_KINDS } from './activations/activation.ts';
export { BACKEND_NAMES, INSTRUCTION_SETS, THREADED_BACKENDS } from './backends/names.ts';
export { LOSS_KINDS, outputOfLoss } from './losses/loss.ts';
export {
  OPTIMIZER_NAMES,
  optimizerFactory,
  type OptimizerFactory,
  type OptimizerName,
} from './optim/optimizer.ts';
export { SCHEDULE_KINDS } from './optim/schedule.ts';
export { layoutOf, predictionLayers } from './network/layout.ts';
export { editDistance, listed, nearest, show, suggestion } from './words/messages.ts';
export { isCrossEntropy } from './losses/loss.ts';
export { MetricAccumulator } from './metrics/accumulator.ts';
export { argmax } from './metrics/class-of-row.ts';
export { classReport, type ClassScore } from './metrics/class-report.ts';
export { rowShape } from './metrics/metric.ts';
export { METRICS, metricsFor } from './metrics/registry.ts';
export { measure, type MeasureOptions, type Measurement } from './train/evaluate.ts';
export { digestOf, type FileDigest } from './formats/digest.ts';
export { checkFileLength, headLength, parseHead } from './formats/read-safetensors.ts';
