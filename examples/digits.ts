/**
 * Handwritten digits, from a CSV file to a saved model: read the table, hold rows out, train a classifier, and
 * measure the model that was saved.
 */
import { mkdir } from 'node:fs/promises';
import { dropColumns, labelsOfColumn, loadModel, readTable, saveModel } from '@vinculum/io';
import { Classifier, columnOfTable, selectRows, trainTestSplit } from 'vinculum';

const table = await readTable('examples/data/digits.csv');
const pixels = dropColumns(table, ['digit']);
const digits = labelsOfColumn(columnOfTable(table, 'digit'));

const split = trainTestSplit(table.rowCount, { testFraction: 0.2, labels: digits });
const training = Array.from(split.train, (row) => digits[row]!);
const test = Array.from(split.test, (row) => digits[row]!);

const classifier = new Classifier({ hiddenLayerSizes: [64, 32], earlyStopping: true, maxIter: 60 });
const model = await classifier.fit(selectRows(pixels, split.train), training);
await mkdir('runs', { recursive: true });
await saveModel('runs/digits-example.safetensors', model);

const loaded = await loadModel('runs/digits-example.safetensors');
if (loaded.kind !== 'classifier') throw new Error('a classifier was saved');
const heldOut = selectRows(pixels, split.test);
console.log(`classes: ${loaded.classes.join(' ')}`);
console.log(`held-out accuracy ${loaded.score(heldOut, test).toFixed(4)} (${test.length} rows)`);
console.log(`the first rows: ${loaded.predict(heldOut).slice(0, 10).join(' ')}`);
console.log(`their labels:   ${test.slice(0, 10).join(' ')}`);
