/**
 * Puts the record of a report together: what the library finds out about a model and its rows. A run of `train` and the command
 * `report` make theirs here, so both show the same figures.
 */
import type {
  ClassFacts,
  DataFacts,
  ReportRecord,
  RunFacts,
  TrainingFacts,
} from '@vinculum/report/page';
import { type DataNote } from 'vinculum';
import { countRows, type LabelledRows } from '../labelled-rows.ts';
import type { OpenModel } from '../open-model.ts';
import type { Roles } from '../roles.ts';
import { asTable, dataFacts, imageOfParts, type RowParts } from './data.ts';
import { evaluationFacts } from './evaluation.ts';
import { dependenceFacts, importanceFacts, internalsFacts } from './insight.ts';
import { modelFacts } from './model.ts';
import { worstRows } from './worst-rows.ts';

/** What a record is made of. */
export interface RecordRequest {
  readonly run: RunFacts;
  readonly open: OpenModel;
  /** The rows of each part, as far as they are known. The test rows are those that the model is judged by. */
  readonly parts: RowParts;
  /** How many rows each part has. */
  readonly counts: DataFacts['rows'];
  readonly roles: Roles;
  readonly notes: readonly DataNote[];
  /** What is suspicious in the columns. */
  readonly warnings: readonly DataNote[];
  readonly training: TrainingFacts;
  /** Which rows judge the model, in words. */
  readonly of: string;
}

/** The record. It takes about a second of a large model and less than a tenth of a small one. */
export function reportRecord(request: RecordRequest): ReportRecord {
  const { run, open, parts, training } = request;
  const { test } = parts;
  return {
    schema: 'vinculum.report/1',
    run,
    data: dataFacts(request),
    model: modelFacts(open),
    training,
    ...(test === undefined || countRows(test) === 0 ? {} : judgedBy(request, test)),
    card: {},
  };
}

/** What the held-out rows say of the model. */
function judgedBy(
  { run, open, parts, roles, of }: RecordRequest,
  test: LabelledRows,
): Partial<ReportRecord> {
  const { seed } = run;
  const outputs = open.outputs(test.rows);
  // Extreme inputs may have outputs that are no numbers. No figure exists of them, and the score says so.
  if (!outputs.every(({ data }) => data.every((value: number) => Number.isFinite(value))))
    return {};
  const pixelsOf = pixelReader(parts, test);
  const evaluation = evaluationFacts({ open, test, outputs, parts, roles, of, seed, pixelsOf });
  const isNoBetter = evaluation?.kind === 'classes' && !beatsMajority(evaluation);
  const insight = { open, test, roles, seed, isNoBetter };
  const importance = importanceFacts(insight);
  const isPicture = pixelsOf !== undefined;
  const dependence =
    importance === undefined || isPicture ? [] : dependenceFacts(insight, importance);
  return {
    ...(evaluation === undefined ? {} : { evaluation }),
    ...(importance === undefined ? {} : { importance }),
    ...(dependence.length === 0 ? {} : { partialDependence: dependence }),
    internals: internalsFacts(insight),
    worstRows: worstRows(open, test, open.meanOf(outputs).data, pixelsOf),
  };
}

/** Whether the model is right more often than always the most frequent class, as far as that is known. */
function beatsMajority({ measured: { figures, baselines } }: ClassFacts): boolean {
  const majority = baselines.find(({ name }) => name === 'majority');
  return (figures.accuracy ?? 0) > (majority?.figures.accuracy ?? -1);
}

/** Reads the pixels of a row; undefined if rows are no pictures. */
function pixelReader(parts: RowParts, test: LabelledRows): ((row: number) => number[]) | undefined {
  if (imageOfParts(parts) === undefined) return undefined;
  const { rows } = test;
  if ('data' in rows) {
    const { data, columns } = rows;
    return (row) => Array.from(data.subarray(row * columns, (row + 1) * columns));
  }
  const { columns } = asTable(rows);
  return (row) => columns.map(({ values }) => Number(values[row]));
}
