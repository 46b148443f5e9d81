/**
 * `run.json`: what a run was and what came of it, for people and programs that meet its folder later. It says enough to repeat the
 * run, and to compare it with others without opening the model. What is not known is absent, and nothing is guessed.
 */
import type { DataNote, History, Label } from 'vinculum';
import type { Json } from '../command-line/settings.ts';
import type { DataFile } from './data-file.ts';
import type { MachineRecord } from './machine.ts';

/** The name and version of the form. A program that reads it must refuse versions that it does not know. */
export const RUN_SCHEMA = 'vinculum.run/1';

/** The metrics of some rows by name; of several targets those of each in `targets`. */
export interface MetricsRecord {
  readonly targets?: readonly Readonly<Record<string, number | string>>[];
  readonly [name: string]:
    number | readonly Readonly<Record<string, number | string>>[] | undefined;
}

/** How long a training was, in epochs. */
export type EpochsRecord = Pick<History, 'bestEpoch' | 'stoppedBy'> & { readonly epochs: number };

/** The content of `run.json`. */
export interface RunDocument {
  readonly schema: typeof RUN_SCHEMA;
  /** When the run ended: ISO 8601, in UTC. */
  readonly finished: string;
  readonly command: string;
  /** A command line that makes the same model, whatever the defaults and the environment are then. */
  readonly reproduce: string;
  readonly task: 'classification' | 'multilabel' | 'regression';
  readonly targets: readonly string[];
  readonly classes?: readonly Label[];
  readonly data: DataFile;
  /** The table of `--test`. */
  readonly testData?: DataFile;
  readonly rows: Readonly<Record<'train' | 'validation' | 'test', number>>;
  readonly metrics: {
    readonly validation?: MetricsRecord;
    readonly test?: MetricsRecord;
    readonly baseline?: MetricsRecord;
  };
  /** What the baseline does, in words. */
  readonly baseline?: string;
  /** One for each network. */
  readonly networks: readonly EpochsRecord[];
  readonly batchSize: number;
  /** Of all networks together. */
  readonly parameters: number;
  /** Seconds: of the command, of the training within it, and of all processors together. */
  readonly time: Readonly<Record<'wall' | 'training' | 'processors', number>>;
  /** The most memory that the process had, in bytes. */
  readonly peakMemory: number;
  /** What was done with the columns. */
  readonly notes: readonly DataNote[];
  /** What makes the score worth less than it seems. */
  readonly warnings: readonly DataNote[];
  /** As `--print-config` prints them. */
  readonly config: Readonly<Record<string, Json>>;
  readonly seed: number;
  readonly machine: MachineRecord;
  /** The commit of the working folder, if it is in a git repository. */
  readonly git?: { readonly commit: string };
  readonly model: WrittenFile;
  /** The model card as the run wrote it, by which a later run sees whether a person has edited it. */
  readonly card: WrittenFile;
}

/** A file in the folder. */
export interface WrittenFile {
  readonly file: string;
  readonly sha256: string;
}
