/**
 * The record of a run: everything that `report.html` shows, as plain data. The command fills it from a run folder, and
 * `reportHtml` reads nothing else, so a program can make the same report from its own numbers. The record is JSON: a value
 * that does not exist is `null` or absent, never NaN, and no field is a typed array, a Map or a Date. The page
 * contains the whole record, because a reader may want the numbers and not the picture.
 */
import type { DataFacts } from './data-facts.ts';
import type { EvaluationFacts } from './evaluation-facts.ts';
import type {
  ImportanceFacts,
  InternalsFacts,
  PartialDependenceFacts,
  WorstRow,
} from './insight-facts.ts';
import type { ModelFacts } from './model-facts.ts';
import type { TrainingFacts } from './training-facts.ts';

/** What a run learns: one class of several, the truth of several labels, or numbers. */
export type ReportTask = 'classification' | 'multilabel' | 'regression';

/** One run, whole. Plain JSON. */
export interface ReportRecord {
  readonly schema: 'vinculum.report/1';
  readonly run: RunFacts;
  readonly data: DataFacts;
  readonly model: ModelFacts;
  readonly training: TrainingFacts;
  /** How good the model is on rows that it has not learned from; absent if no row was held out. */
  readonly evaluation?: EvaluationFacts;
  /** How much worse the model is without each column. */
  readonly importance?: ImportanceFacts;
  /** How the prediction changes with one column. */
  readonly partialDependence?: readonly PartialDependenceFacts[];
  /** What the parameters look like after the training. */
  readonly internals?: InternalsFacts;
  /** The held-out rows on which the model is most wrong, the worst first. */
  readonly worstRows?: readonly WorstRow[];
  readonly card?: CardFacts;
}

/** What was run, on which machine, and how to run it again. */
export interface RunFacts {
  /** Of the run folder, such as `penguins`. */
  readonly name: string;
  readonly task: ReportTask;
  /** The columns that are predicted. */
  readonly targets: readonly string[];
  /** The classes in the order of the outputs, or the names of the labels; empty for a regression. */
  readonly classes: readonly string[];
  /** When the run ended, as ISO 8601 in UTC. */
  readonly finished: string;
  /** The command line that repeats the run. */
  readonly command: string;
  /** Every setting with its default, in the order in which it is shown. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly backend: string;
  readonly numerics: string;
  readonly threads?: number;
  /** Names and versions of programs, such as `{ vinculum: '0.1.0', node: '20.20.0' }`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: MachineFacts;
  /** Wall time of the whole run. */
  readonly seconds: number;
  /** Processor time of all threads. */
  readonly cpuSeconds?: number;
  /** The most memory that the process held. */
  readonly peakBytes?: number;
  /** The commit of the working folder; `dirty` says whether files were changed since, and is absent if nobody has looked. */
  readonly git?: { readonly commit: string; readonly dirty?: boolean };
  /** The files that were read and written. */
  readonly files: readonly FileFacts[];
  /** Whether the same command gives the same bytes of the model, and under which condition. */
  readonly reproducible?: { readonly bits: boolean; readonly why: string };
}

export interface MachineFacts {
  readonly system: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes?: number;
}

export interface FileFacts {
  /** What it is for: `data`, `test data`, `model`, … */
  readonly role: string;
  readonly path: string;
  readonly bytes: number;
  /** As 64 hexadecimal digits. */
  readonly sha256?: string;
}

/** What a person says of a model. A field that nobody has filled is absent, and the page says so. */
export interface CardFacts {
  readonly description?: string;
  readonly intendedUses?: string;
  readonly outOfScope?: string;
  readonly limitations?: string;
  readonly license?: string;
  readonly authors?: string;
  readonly contact?: string;
  readonly citation?: string;
}
