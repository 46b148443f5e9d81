/** The one way in which commands read tables: DATA with the options that the flags give, and their faults as faults of flags. */
import { readTable, readTableBatches, type KnownKind } from '@vinculum/io';
import { DataError, type Table } from 'vinculum';
import { asFlagFailure, readerOptions, type ReaderPlan } from './command-line/reader-flags.ts';
import { sourceOf } from './data-sources.ts';
import { dataFailure, failureOf } from './failure.ts';
import type { Host } from './host.ts';

type Kinds = ReadonlyMap<string, KnownKind>;

/** Reads DATA whole; kinds that a flag gives go before known ones. */
export async function readWhole(
  data: string,
  plan: ReaderPlan,
  host: Host,
  known?: Kinds,
): Promise<Table> {
  const { kinds, ...options } = readerOptions(plan);
  const merged = mergedKinds(known, kinds);
  try {
    return await readTable(sourceOf(data, host), {
      ...options,
      ...(merged === undefined ? {} : { kinds: merged }),
    });
  } catch (error) {
    if (!(error instanceof DataError) || error.row !== undefined) throw asFlagFailure(error);
    const isGiven = plan.kinds?.some(([name]) => name === error.column) === true;
    if (!isGiven || known?.has(String(error.column)) === true) throw error;
    throw dataFailure(`--kinds: ${failureOf(error).message}`, {
      hint: 'correct the name there, or leave it out of --kinds',
      cause: error,
    });
  }
}

/** What batches are to have beside the columns of known kinds. */
interface BatchReading {
  /** Whether all other columns are read too, as text. */
  readonly withInput?: boolean;
  /** Called with the names of all columns of DATA. */
  readonly onColumns?: ((names: readonly string[]) => void) | undefined;
}

/** Reads the columns of known kinds in batches. */
export async function* readInBatches(
  data: string,
  plan: ReaderPlan,
  host: Host,
  known: Kinds,
  { withInput = false, onColumns }: BatchReading = {},
): AsyncGenerator<Table> {
  const { kinds, ...options } = readerOptions(plan);
  const given = new Map(mergedKinds(undefined, kinds));
  // A flag may speak of a column that the model does not need.
  const merged = new Map([...known].map(([name, kind]) => [name, given.get(name) ?? kind]));
  try {
    yield* readTableBatches(sourceOf(data, host), {
      ...options,
      kinds: merged,
      ...(withInput ? { others: 'text' } : {}),
      ...(onColumns === undefined ? {} : { onColumns }),
    });
  } catch (error) {
    throw asFlagFailure(error);
  }
}

function mergedKinds(known: Kinds | undefined, given: unknown): Kinds | undefined {
  if (!(given instanceof Map)) return known;
  return new Map([...(known ?? []), ...(given as Kinds)]);
}
