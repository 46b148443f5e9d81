/**
 * `@vinculum/io`: files in and out. Tables from CSV and other formats, arrays from IDX, models to and from one file.
 * Runs on Node; the core reads and writes bytes in memory and works everywhere.
 */
export {
  DATA_FORMATS,
  formatOf,
  readTable,
  readTableBatches,
  runNameOf,
  type BatchOptions,
  type DataFormat,
  type TableOptions,
} from './tables.ts';
export type {
  ColumnKinds,
  KnownKind,
  CommonTableOptions,
  DataSetFormat,
  LabelledMatrix,
  TableFormat,
  TableReader,
  TableRequest,
} from './table-format.ts';
export type { CsvOptions } from './csv/csv.ts';
export { MISSING_VALUES } from 'vinculum';
export {
  columnKinds,
  columnNames,
  dropColumns,
  labelsOfColumn,
  selectColumns,
  tableKinds,
} from './columns.ts';
export type { OpenSource, ReadProgress, Source } from './source.ts';
export { readIdx, type IdxArray, type IdxData } from './idx/idx.ts';
export {
  DEBIAN_FASHION_MNIST,
  FASHION_MNIST_CLASSES,
  findFashionMnist,
  readFashionMnist,
  type FashionMnist,
  type LabelledImages,
} from './idx/fashion-mnist.ts';
export {
  replaceFile,
  ReplacementError,
  writeFileAtomically,
  type Replacement,
} from './atomic-write.ts';
export { scratchStorage } from './scratch-file.ts';
export { removeTemporaryFiles } from './temporary-files.ts';
export { readReason, systemReason } from './system-reason.ts';
export { loadModel, readModelFile, saveModel } from './safetensors/model-file.ts';
export { eventFile, type ScalarEvent } from './tensorboard/event-file.ts';
