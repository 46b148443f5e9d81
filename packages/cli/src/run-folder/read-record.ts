/** Reads the record from which the report of a run is made again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readReason } from '@vinculum/io';
import type { ReportRecord } from '@vinculum/report/page';
import { isRecord, show } from 'vinculum/internal';
import { dataFailure } from '../failure.ts';
import { shellWord } from '../rendering/shell-word.ts';
import { RUN_FILES } from './files.ts';

/** The form of the record that this version reads. */
const SCHEMA = 'vinculum.report/1' satisfies ReportRecord['schema'];

/** The parts that every record has. */
const PARTS = [
  'run',
  'data',
  'model',
  'training',
] as const satisfies readonly (keyof ReportRecord)[];

/** @throws {CommandFailure} exit 3 when there is none, or it is damaged or of another version */
export async function readReportRecord(folder: string): Promise<ReportRecord> {
  const path = join(folder, RUN_FILES.record);
  const again = `make one from rows with their truth: vinculum report ${shellWord(folder)} DATA`;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw dataFailure(
      `'${folder}' must have the record of a report, ${RUN_FILES.record}; ${readReason(error)}. A run with --no-report leaves none.`,
      { cause: error, hint: again },
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw dataFailure(`'${path}' is damaged: it must hold JSON; ${reason}.`, {
      cause: error,
      hint: again,
    });
  }
  const record = isRecord(parsed) ? parsed : {};
  if (record['schema'] !== SCHEMA) {
    throw dataFailure(
      `'${path}' must have the schema '${SCHEMA}'; got ${show(record['schema'])}.`,
      {
        hint: again,
      },
    );
  }
  const missing = PARTS.find((part) => !isRecord(record[part]));
  if (missing === undefined) return parsed as ReportRecord;
  throw dataFailure(`'${path}' is damaged: it has no ${missing}.`, { hint: again });
}
