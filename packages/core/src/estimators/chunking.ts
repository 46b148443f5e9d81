/**
 * Whether the rows of a training are prepared and shuffled as a whole, or chunk by chunk because they are too many. Only the size of the table
 * decides, so that one seed has one result wherever it is computed.
 */
import type { Matrix } from '../arrays/matrix.ts';
import type { Table } from '../tables/table.ts';
import { inputsOf } from './budget.ts';
import type { TrainPlan } from './plan.ts';
import { countRows } from './rows.ts';

/** Prepared rows of a table stay in memory up to so many numbers, rows × inputs: 32 MiB. */
const MOST_NUMBERS = 1 << 23;

/** A chunk has up to so many numbers, and at least so many rows. */
const CHUNK_NUMBERS = 1 << 20;
const FEWEST_ROWS = 1 << 10;

/**
 * Rows of a chunk: those of the plan, or for a large table a power of two; undefined if the rows are shuffled as a whole. A matrix is
 * in memory anyway.
 */
export function chunkRowsFor({ chunkRows }: TrainPlan, rows: Table | Matrix): number | undefined {
  if (chunkRows !== undefined) return chunkRows;
  const inputs = inputsOf(rows);
  if ('data' in rows || countRows(rows) * inputs <= MOST_NUMBERS) return undefined;
  let chunk = FEWEST_ROWS;
  while (2 * chunk * inputs <= CHUNK_NUMBERS) chunk *= 2;
  return chunk;
}

/** The most rows whose predictions are kept, to judge networks that held them out. */
const MOST_JUDGED = 1 << 18;

/** Every how many rows one is judged: with more than this the memory would grow with the rows, and the score would hardly change. */
export function judgedEvery(rows: number, width: number): number {
  const most = Math.max(Math.min(MOST_JUDGED, Math.floor(MOST_NUMBERS / width)), 1);
  return Math.max(Math.ceil(rows / most), 1);
}
