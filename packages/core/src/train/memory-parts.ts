/** Reads and divides the rows of a call of `fit` that is given all of them at once. */
import { checkRowIndices } from '../arrays/select-rows.ts';
import { range, splitBy, validationSplitFor, type ValidationSplit } from '../arrays/split.ts';
import type { NetworkState } from '../model/network.ts';
import { dataError } from '../words/fault.ts';
import { checkNumber } from '../words/options.ts';
import type { MemoryParts } from './epoch-rows.ts';
import type { FitData, FitSettings } from './fit-options.ts';
import { readFactors, readPair, weigh, type WeightOptions } from './row-set.ts';
import { classIndices } from './row-weights.ts';

/** Reads and divides the rows that `fit` was given. */
export function readMemoryParts(
  where: string,
  settings: FitSettings,
  state: NetworkState,
  data: FitData,
): MemoryParts {
  const { loss, seed, classWeights, sampleWeights, validation = 0 } = settings;
  const rules = { where, state, loss };
  const pair = readPair(rules, data);
  const { rows } = pair.matrix;
  const split =
    validation instanceof Uint32Array
      ? splitAt(where, validation, rows)
      : validationSplitFor(
          where,
          rows,
          typeof validation === 'number'
            ? checkNumber(where, 'validation', validation, { min: 0, below: 1 })
            : 0,
          seed,
          { classOf: classIndices(pair.targets, loss.kind) },
        );
  // For 'balanced' only the training rows are counted.
  const factors = readFactors(rules, pair, classWeights, split.training);
  const training = weigh(rules, pair, factors, sampleWeights);
  const { weights } = training;
  if (weights !== undefined && !split.training.some((row) => Math.fround(weights[row]!) > 0)) {
    throw dataError({
      where,
      subject: 'the training rows',
      rule: 'must not all weigh 0',
      got: '0 for each',
    });
  }
  if (typeof validation === 'number' || validation instanceof Uint32Array) {
    return { parts: [training], trainingRows: split.training, validationRows: split.validation };
  }
  const ownRules = { ...rules, prefix: 'validation.', others: ['sampleWeights'] };
  const own = readPair(ownRules, validation);
  return {
    parts: [training, weigh(ownRules, own, factors, (validation as WeightOptions).sampleWeights)],
    trainingRows: split.training,
    validationRows: range(rows, rows + own.matrix.rows),
  };
}

/** The split that holds out the rows of the given indices. */
function splitAt(where: string, indices: Uint32Array, rows: number): ValidationSplit {
  checkRowIndices(where, indices, rows);
  const held = new Uint8Array(rows);
  for (const row of indices) held[row] = 1;
  const split = splitBy(rows, (row) => held[row] === 1);
  if (split.training.length > 0) return split;
  throw dataError({
    where,
    subject: 'validation',
    rule: 'must leave at least one row to train on',
    got: `the indices of all ${rows} rows`,
  });
}
