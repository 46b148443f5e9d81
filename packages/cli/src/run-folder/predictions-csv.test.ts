import { expect, test } from 'vitest';
import type { LabelledRows } from '../labelled-rows.ts';
import type { OpenModel } from '../open-model.ts';
import { predictionsCsv } from './predictions-csv.ts';

test('a prediction that is no finite number is an empty cell, because such a file may hold none', () => {
  const prediction = { data: Float32Array.of(1.5, Infinity, NaN), shape: [3, 1] as const };
  const open = {
    task: 'regression',
    classes: [],
    targets: ['y'],
    network: { spec: { dtype: 'float32', inputs: 1, layers: [{ kind: 'dense', units: 1 }] } },
    outputs: () => [prediction],
    meanOf: () => prediction,
    unscale: (output: number) => output,
  } as unknown as OpenModel;
  const labelled: LabelledRows = {
    rows: { columns: [], rowCount: 3 },
    targets: [{ name: 'y', kind: 'number', values: Float64Array.of(1, 2, 3) }],
    numbers: Uint32Array.of(4, 5, 6),
  };
  expect([...predictionsCsv(open, labelled)].join('')).toBe(
    'row,target,prediction\n4,1,1.5\n5,2,\n6,3,\n',
  );
});
