/**
 * `@vinculum/io`: files in and out. Tables from CSV, arrays from IDX, models to and from one file. Runs on
 * Node; the core reads and writes bytes in memory and works everywhere.
 */
export {
  readTable,
  readTableBatches,
  type BatchOptions,
  type ColumnKinds,
  type CsvOptions,
} from './csv-table.ts';
export { columnKinds, columnNames, dropColumns, labelsOfColumn, selectColumns } from './columns.ts';
export { MISSING_VALUES } from './csv-cells.ts';
export type { Source } from './source.ts';
export { readIdx, type IdxArray, type IdxData } from './idx.ts';
export {
  DEBIAN_FASHION_MNIST,
  FASHION_MNIST_CLASSES,
  findFashionMnist,
  readFashionMnist,
  type FashionMnist,
  type LabelledImages,
} from './fashion-mnist.ts';
export { replaceFile, writeFileAtomically, type Replacement } from './atomic-write.ts';
export { removeTemporaryFiles } from './temporary-files.ts';
export { systemReason } from './system-reason.ts';
export { loadModel, saveModel } from './model-file.ts';
