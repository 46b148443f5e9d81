/**
 * The rows of a large table as networks take them: prepared chunk by chunk and put away, so that neither the prepared matrix nor the columns
 * of the table are in memory as a whole. A sample of the rows stays in memory, to judge the networks that hold them out.
 */
import type { Matrix } from '../arrays/matrix.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import { preparationSteps } from '../tables/prepare.ts';
import { type TargetScaler } from '../tables/scaling.ts';
import type { RowStream } from '../train/row-stream.ts';
import { judgedEvery } from './chunking.ts';
import { fitRows, Preparing, scaled, type FittedParts } from './prepared-rows.ts';
import type { RecipeRequest, TargetRows } from './recipe-request.ts';
import { MemoryStorage, StoredRows, type RowStorage } from './row-storage.ts';
import { countRows, sliceRows } from './rows.ts';

/** Rows that are read from a storage. */
export interface SpilledRows {
  readonly preparation: TablePreparation;
  /** Of a regression. */
  readonly targetScaler: TargetScaler | undefined;
  readonly data: RowStream;
  /** The caller's own rows for validation. */
  readonly validation: RowStream | undefined;
  /** The inputs of the rows that may be judged: every `every`-th row, from the first on. */
  readonly inputs: Matrix;
  readonly every: number;
  /** Gives the storage back. */
  readonly close: () => void;
}

/**
 * Fits the preparation, and prepares the rows chunk by chunk.
 *
 * @param chunkRows - rows of a chunk
 * @param learned - the rows that the preparation is learned from
 * @param from - a preparation that is there already, and is used instead
 */
export async function spillRows(
  request: RecipeRequest,
  chunkRows: number,
  learned: Uint32Array,
  from?: FittedParts,
): Promise<SpilledRows> {
  const { where, known, validation: own, run } = request;
  const preparing = new Preparing(where, run.signal);
  const storage = run.storage?.() ?? new MemoryStorage();
  try {
    const fitted = await fitRows(request, learned, from, preparing);
    const { preparation, targetScaler } = fitted;
    const rows = countRows(known.rows);
    const every = judgedEvery(rows, preparation.width);
    const noted = withNote(preparation, { rows, chunkRows, every });
    run.onPrepared?.(noted);
    const spill = new Spill({ where, fitted, storage, chunkRows }, preparing);
    const inputs = new Float32Array(Math.ceil(rows / every) * preparation.width);
    const data = await spill.put(known, (matrix, first) => keep(inputs, every, matrix, first));
    return {
      preparation: noted,
      targetScaler,
      data,
      validation: own && (await spill.put(own)),
      inputs: {
        data: inputs,
        rows: Math.ceil(rows / every),
        columns: preparation.width,
        scale: 1,
      },
      every,
      close: () => storage.close(),
    };
  } catch (error) {
    storage.close();
    throw error;
  } finally {
    preparing.close();
  }
}

/** What the chunks of a training share. */
interface SpillRules {
  readonly where: string;
  readonly fitted: FittedParts;
  readonly storage: RowStorage;
  readonly chunkRows: number;
}

/** Puts sets of rows away. */
class Spill {
  readonly #rules: SpillRules;
  readonly #preparing: Preparing;

  constructor(rules: SpillRules, preparing: Preparing) {
    this.#rules = rules;
    this.#preparing = preparing;
  }

  /** Prepares a set chunk by chunk; `see` is called with each chunk and its first row. */
  async put(set: TargetRows, see?: (chunk: Matrix, first: number) => void): Promise<RowStream> {
    const { where, fitted, storage, chunkRows } = this.#rules;
    const { preparation, targetScaler } = fitted;
    const rows = countRows(set.rows);
    const { columns, sampleWeights } = set;
    const stored = new StoredRows({ rows, chunkRows, width: preparation.width, columns }, storage);
    for (let first = 0; first < rows; first += chunkRows) {
      const end = Math.min(first + chunkRows, rows);
      const chunk = sliceRows(set.rows, first, end);
      const inputs = await this.#preparing.finish(preparationSteps(preparation, chunk, where));
      see?.(inputs, first);
      const targets = set.targets.subarray(first * columns, end * columns);
      const y = scaled(where, targetScaler, { rows: chunk, targets, columns });
      stored.add({
        x: inputs.data as Float32Array,
        y: y instanceof Int32Array ? y : Float32Array.from(y),
        sampleWeights: sampleWeights && partOf(sampleWeights, first, end),
      });
    }
    return stored;
  }
}

function partOf(values: ArrayLike<number>, first: number, end: number): Float64Array {
  return Float64Array.from({ length: end - first }, (_, i) => values[first + i]!);
}

/** Copies every `every`-th row of all rows, of which a chunk begins at row `first`. */
function keep(
  out: Float32Array,
  every: number,
  { data, rows, columns }: Matrix,
  first: number,
): void {
  for (let row = Math.ceil(first / every) * every; row < first + rows; row += every) {
    const start = (row - first) * columns;
    for (let i = 0; i < columns; i++) out[(row / every) * columns + i] = data[start + i]!;
  }
}

/** The preparation, with a note that says how its rows are read. */
function withNote(
  preparation: TablePreparation,
  {
    rows,
    chunkRows,
    every,
  }: { readonly rows: number; readonly chunkRows: number; readonly every: number },
): TablePreparation {
  const judged =
    every === 1 ? '' : `; of the held-out rows, one in ${every} counts in the out-of-fold score`;
  const message = `${rows} rows are read in chunks of ${chunkRows}, in which they are shuffled, because the table is large${judged}`;
  return { ...preparation, notes: [...(preparation.notes ?? []), { code: 'chunks', message }] };
}
