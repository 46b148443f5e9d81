/**
 * `@vinculum/report`: what the library computes, as text for people. Equations, matrices, steps, tables and numbers become
 * strings, and the caller decides where the strings go. No code here uses a file, a network or a terminal.
 */
export { latexToText } from './latex.ts';
export { matrixLines, shapeText } from './matrix.ts';
export { counted, duration, grouped, metric, shortFloat32, significant } from './numbers.ts';
export { renderStep, type Emphasis, type StepRendering } from './step.ts';
export { renderPairs, renderTable, type TableColumn } from './table.ts';
export { clip, displayWidth, jsonText, pad, plainLines, plainText } from './text.ts';
export { reportHtml } from './html/report-html.ts';
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
export { describeColumns, type ColumnMeaning, type SplitTables } from './facts/column-facts.ts';
export { describeHistory } from './facts/history-facts.ts';
export { imageOf } from './facts/image-facts.ts';
export { describeInternals, type ProbeRows } from './facts/internals-facts.ts';
export { describeNetworks } from './facts/network-facts.ts';
export { verdictOf, type Verdict } from './verdict/verdict.ts';
export type { ReportWarning } from './verdict/warning.ts';
export { warningsOf } from './verdict/warnings.ts';
