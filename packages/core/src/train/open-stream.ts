/**
 * Opens the streams of a call of `fit`: reads which rows are held out, what form the chunks have and, if the weights of classes depend on it,
 * how many rows each class has.
 */
import { checkRowIndices } from '../arrays/select-rows.ts';
import type { NetworkState } from '../model/network.ts';
import { dataError, rangeError, typeError } from '../words/fault.ts';
import { show } from '../words/options.ts';
import type { RowSet } from './data-set.ts';
import type { FitData, FitSettings } from './fit-options.ts';
import { readFactors, readPair, type PairRules } from './row-set.ts';
import { addClassCounts, balancedFactors } from './row-weights.ts';
import { ChunkReader, isRowStream, streamOfChunk, type RowStream } from './row-stream.ts';
import { rowsOfPart, StreamedRows, type StreamPart } from './streamed-rows.ts';

/**
 * The rows of a run that reads them from a stream.
 *
 * @throws {TypeError} when an option does not go with a stream
 * @throws {DataError} when no row is left to train on, or all weigh 0
 */
export async function openStream(
  where: string,
  settings: FitSettings,
  state: NetworkState,
  stream: RowStream,
): Promise<StreamedRows> {
  const { loss, seed, shuffle, backend, batchSize, sampleWeights } = settings;
  if (sampleWeights !== undefined) {
    const rule = 'must be left off, because a stream has the weights of its rows in its chunks';
    throw typeError({ where, subject: 'sampleWeights', rule });
  }
  const rules = { where, state, loss };
  const reader = new ChunkReader(rules, stream);
  const training: StreamPart = {
    reader,
    held: heldRows(where, settings, reader),
    takesHeld: false,
  };
  const validation = validationPart(rules, settings, training);
  await weighClasses(rules, settings, training);
  const own = validation !== undefined && validation.reader !== reader;
  if (own) validation.reader.factors = reader.factors;
  const form = [await reader.read(0), ...(own ? [await validation.reader.read(0)] : [])];
  await checkWeights(where, training, form[0]!);
  return new StreamedRows(training, validation, {
    shuffle,
    seed,
    backend,
    batchRows: batchSize,
    form,
  });
}

/** Marks the rows of the stream that are held out. */
function heldRows(
  where: string,
  { validation }: FitSettings,
  { rows }: ChunkReader,
): Uint8Array | undefined {
  if (!(validation instanceof Uint32Array) || validation.length === 0) return undefined;
  checkRowIndices(where, validation, rows);
  const held = new Uint8Array(rows);
  for (const row of validation) held[row] = 1;
  if (held.includes(0)) return held;
  throw dataError({
    where,
    subject: 'validation',
    rule: 'must leave at least one row to train on',
    got: `the indices of all ${rows} rows`,
  });
}

function validationPart(
  rules: PairRules,
  { validation = 0 }: FitSettings,
  training: StreamPart,
): StreamPart | undefined {
  const { where } = rules;
  if (validation instanceof Uint32Array) {
    return training.held === undefined ? undefined : { ...training, takesHeld: true };
  }
  if (validation === 0) return undefined;
  if (typeof validation === 'number') {
    throw rangeError({
      where,
      subject: 'validation',
      rule: 'must be rows of their own, a stream of them, or the indices of the rows that are held out, because the rows of a stream are not known before they are read',
      got: show(validation),
    });
  }
  const ownRules = { ...rules, prefix: 'validation.', others: ['sampleWeights'] };
  const own = isRowStream(validation)
    ? validation
    : streamOfChunk(readPair(ownRules, validation).matrix.rows, validation as FitData);
  return { reader: new ChunkReader(ownRules, own), takesHeld: false };
}

/** Finds the factors of the classes; for `'balanced'` the training rows are read once more. */
async function weighClasses(
  rules: PairRules,
  { classWeights }: FitSettings,
  training: StreamPart,
): Promise<void> {
  if (classWeights === undefined) return;
  const { reader } = training;
  const factors = readFactors(rules, await reader.read(0), classWeights);
  if (classWeights === 'balanced') {
    const counts = new Float64Array(factors!.length);
    let rows = 0;
    for (let chunk = 0; chunk < reader.chunks; chunk++) {
      const own = rowsOfPart(training, chunk);
      addClassCounts(counts, (await reader.read(chunk)).targets, own);
      rows += own.length;
    }
    reader.factors = balancedFactors(counts, rows);
  } else reader.factors = factors;
}

/** @throws {DataError} when all training rows weigh 0 */
async function checkWeights(where: string, training: StreamPart, first: RowSet): Promise<void> {
  if (first.weights === undefined) return;
  const { reader } = training;
  for (let chunk = 0; chunk < reader.chunks; chunk++) {
    const { weights } = await reader.read(chunk);
    if (rowsOfPart(training, chunk).some((row) => Math.fround(weights![row]!) > 0)) return;
  }
  throw dataError({
    where,
    subject: 'the training rows',
    rule: 'must not all weigh 0',
    got: '0 for each',
  });
}
