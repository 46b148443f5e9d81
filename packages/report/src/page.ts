/**
 * `@vinculum/report/page`: the report of a run as one HTML page, and what makes its facts from models, tables and histories. It has an
 * entry of its own because charts and formulas take time to load, and most commands and pages need only the text of the other entry.
 */
export { reportHtml } from './html/report-html.ts';
export { describeColumns, type ColumnMeaning, type SplitTables } from './facts/column-facts.ts';
export { describeHistory } from './facts/history-facts.ts';
export { imageOf } from './facts/image-facts.ts';
export { describeInternals, type ProbeRows } from './facts/internals-facts.ts';
export { describeNetworks } from './facts/network-facts.ts';
export type {
  DataFacts,
  ColumnFacts,
  ColumnRole,
  ColumnSplit,
  DuplicateFacts,
  Histogram,
  ImageFacts,
  SplitName,
  SpreadFacts,
  ValueCount,
} from './record/data-facts.ts';
export type {
  ClassFacts,
  ConfusedRow,
  EvaluationFacts,
  LabelFacts,
  NumberFacts,
  TargetFacts,
} from './record/evaluation-facts.ts';
export type {
  ImportanceFacts,
  InternalsFacts,
  PartialDependenceFacts,
  TensorFacts,
  UnitFacts,
  WorstRow,
} from './record/insight-facts.ts';
export type {
  EquationFacts,
  LayerFacts,
  ModelFacts,
  PreparationFacts,
} from './record/model-facts.ts';
export type {
  CardFacts,
  FileFacts,
  MachineFacts,
  ReportRecord,
  ReportTask,
  RunFacts,
} from './record/report-record.ts';
export type { EpochFacts, HistoryFacts, TrainingFacts } from './record/training-facts.ts';
export type { Figure } from './record/figure.ts';
export { verdictOf, type Verdict } from './verdict/verdict.ts';
export type { ReportWarning } from './verdict/warning.ts';
export { warningsOf } from './verdict/warnings.ts';
