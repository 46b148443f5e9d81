/**
 * An open Parquet file: its columns, its groups of rows, and the stored values of a column in a group. What hyparquet says
 * of a damaged file becomes an error of the data here, and a file that promises more than it can hold is refused before
 * anything is allocated for it.
 */
import { gunzipSync, brotliDecompressSync } from 'node:zlib';
import {
  parquetMetadataAsync,
  parquetRead,
  type FileMetaData,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DataError } from 'vinculum';
import { dataError, show } from 'vinculum/internal';
import { MAX_RATIO, MAX_UNFOLDED_FREELY, type OpenSource } from '../source.ts';
import { checkLevels, checkPage, pageHeads, type PageHead } from './pages.ts';
import { randomAccess, type RandomAccess } from './random-access.ts';
import { valueTypeOf, type Stored, type ValueType } from './values.ts';

/** Values as they are stored; null or undefined for a missing one. */
type StoredValues = ArrayLike<Stored | null | undefined>;

/** An open file; whoever opened it must close it. */
export interface ParquetFile {
  readonly rowCount: number;
  /** Rows of each group. */
  readonly groupRows: readonly number[];
  /** The columns in their order; without a type if a table has no place for their values. */
  readonly columns: readonly {
    readonly name: string;
    readonly element: SchemaElement;
    readonly type: ValueType | undefined;
  }[];
  /** All values of a column in a group. @throws {DataError} when the file is damaged */
  read(group: number, column: string): Promise<StoredValues>;
  close(): void;
}

type Decompress = (input: Uint8Array, length: number) => Uint8Array;

/** The library's own functions, except those that Node has and that are faster there. */
const DECOMPRESSORS: Readonly<Record<string, Decompress | undefined>> = {
  ...compressors,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
};

/** Unpacks a page, unless it promises to unfold to more than any table does. */
function unpack(codec: string, input: Uint8Array, length: number): Uint8Array {
  if (length < 0 || isTooLarge(length, input.length)) {
    throw new Error(`a page of ${input.length} bytes promises ${length} bytes`);
  }
  if (codec === 'UNCOMPRESSED') return input;
  const decompress = DECOMPRESSORS[codec];
  if (decompress === undefined) throw new Error(`pages that are packed by ${codec}`);
  return length === 0 ? new Uint8Array(0) : decompress(input, length);
}

function isTooLarge(unfolded: number, stored: number): boolean {
  return unfolded > MAX_UNFOLDED_FREELY && unfolded > MAX_RATIO * stored;
}

/**
 * Opens the file of a source.
 *
 * @throws {DataError} when it is no whole Parquet file
 */
export async function openParquet(source: OpenSource): Promise<ParquetFile> {
  const bytes = await randomAccess(source);
  try {
    const metadata = await guarded(source, () =>
      parquetMetadataAsync(bytes, { geoparquet: false }),
    );
    return fileOf(source, bytes, metadata);
  } catch (error) {
    bytes.close();
    throw error;
  }
}

function fileOf(source: OpenSource, bytes: RandomAccess, metadata: FileMetaData): ParquetFile {
  const groupRows = metadata.row_groups.map(({ num_rows }) => Number(num_rows));
  const rowCount = groupRows.reduce((sum, rows) => sum + rows, 0);
  const elements = topElements(metadata.schema);
  if (!groupRows.every((rows) => rows >= 0) || rowCount !== Number(metadata.num_rows)) {
    throw damaged(source, `${metadata.num_rows} rows in groups of ${groupRows.join(', ')}`);
  }
  if (isTooLarge(rowCount * elements.length * 8, bytes.byteLength)) {
    throw damaged(source, `${rowCount} rows in ${bytes.byteLength} bytes`);
  }
  const repeated = elements.find(({ name }, index) =>
    elements.slice(0, index).some((other) => other.name === name),
  );
  if (repeated !== undefined) {
    throw dataError(
      {
        where: source.where,
        subject: source.name,
        rule: `must have columns of different names; ${show(repeated.name)} is the name of two`,
        remedy: ' Write the file with a name of its own for each column.',
      },
      { column: repeated.name },
    );
  }
  const bare = bareMetadata(metadata);
  return {
    rowCount,
    groupRows,
    columns: elements.map((element) => ({
      name: element.name,
      element,
      type: element.repetition_type === 'REPEATED' ? undefined : valueTypeOf(element),
    })),
    read: (group, column) =>
      guarded(source, async () => {
        const element = elements.find(({ name }) => name === column);
        const values = await readColumn(bytes, bare, groupRows, {
          group,
          column,
          codec: codecOf(metadata, group, column),
          isOptional: element?.repetition_type !== 'REQUIRED',
        });
        checkStored(values, element?.type);
        return values;
      }),
    close: () => bytes.close(),
  };
}

/** The columns of a schema, which is a list of a tree's nodes, each before its children. */
function topElements(schema: readonly SchemaElement[]): SchemaElement[] {
  const elements: SchemaElement[] = [];
  for (let at = 1; at < schema.length; at += sizeAt(schema, at)) elements.push(schema[at]!);
  return elements;
}

/** How many nodes the tree has whose root is at an index. */
function sizeAt(schema: readonly SchemaElement[], index: number): number {
  let end = index + 1;
  const children = schema[index]?.num_children ?? 0;
  for (let child = 0; child < children && end < schema.length; child++) end += sizeAt(schema, end);
  return end - index;
}

/** Without its annotation a value comes as it is stored; {@link valueTypeOf} knows what it means. */
function withoutAnnotation(element: SchemaElement): SchemaElement {
  const bare = { ...element };
  if (element.num_children === undefined) {
    delete bare.converted_type;
    delete bare.logical_type;
  }
  return bare;
}

/**
 * The metadata under which values come as they are stored, and under which every page passes through {@link unpack}: the
 * library calls no function for pages that are not packed.
 */
function bareMetadata(metadata: FileMetaData): FileMetaData {
  return {
    ...metadata,
    schema: metadata.schema.map(withoutAnnotation),
    row_groups: metadata.row_groups.map((group) => ({
      ...group,
      columns: group.columns.map((chunk) =>
        chunk.meta_data === undefined
          ? chunk
          : { ...chunk, meta_data: { ...chunk.meta_data, codec: HOOK } },
      ),
    })),
  };
}

/** How the pages of a column are packed in a group. */
function codecOf({ row_groups }: FileMetaData, group: number, column: string): string {
  const chunk = row_groups[group]?.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema[0] === column,
  );
  return chunk?.meta_data?.codec ?? 'UNCOMPRESSED';
}

/** The codec under which the library calls our function; no writer uses it. */
const HOOK = 'LZO';

interface ColumnRequest {
  readonly group: number;
  readonly column: string;
  readonly codec: string;
  readonly isOptional: boolean;
}

async function readColumn(
  file: RandomAccess,
  metadata: FileMetaData,
  groupRows: readonly number[],
  { group, column, codec, isOptional }: ColumnRequest,
): Promise<StoredValues> {
  const rowStart = groupRows.slice(0, group).reduce((sum, rows) => sum + rows, 0);
  const rows = groupRows[group]!;
  const pieces: StoredValues[] = [];
  let count = 0;
  let heads: PageHead[] = [];
  await parquetRead({
    file: {
      byteLength: file.byteLength,
      async slice(start, end) {
        const buffer = await file.slice(start, end);
        const bytes = new Uint8Array(buffer);
        heads = pageHeads(bytes, rows);
        for (const head of heads) checkUnpacked(head, bytes, isOptional);
        heads = heads.filter(({ isPacked, kind }) => isPacked && kind !== 'other');
        return buffer;
      },
    },
    metadata,
    columns: [column],
    rowStart,
    rowEnd: rowStart + rows,
    compressors: {
      [HOOK](input, length) {
        const page = unpack(codec, input, length);
        const head = heads.shift();
        if (head !== undefined) checkPage(head, page, isOptional);
        return page;
      },
    },
    utf8: false,
    parsers: { timestampFromNanoseconds: (nanoseconds) => nanoseconds },
    onChunk({ columnData }) {
      pieces.push(columnData as StoredValues);
      count += columnData.length;
    },
  });
  if (count !== rows) {
    throw new Error(`column ${show(column)} has ${count} values in a group of ${rows} rows`);
  }
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined
    ? first
    : pieces.flatMap((piece) => Array.from(piece));
}

/** Checks what is not packed of a page of the second kind: its levels, or all of it. */
function checkUnpacked(head: PageHead, bytes: Uint8Array, isOptional: boolean): void {
  if (head.kind !== 'values-2') return;
  const content = bytes.subarray(head.start, head.end);
  checkLevels(head, content, isOptional);
  if (!head.isPacked) checkPage(head, content.subarray(head.levelBytes), isOptional);
}

/** How the values of a physical type come, by `typeof`. */
const STORED: Readonly<Record<string, string | undefined>> = {
  BOOLEAN: 'boolean',
  INT32: 'number',
  INT64: 'bigint',
  INT96: 'bigint',
  FLOAT: 'number',
  DOUBLE: 'number',
  BYTE_ARRAY: 'object',
  FIXED_LEN_BYTE_ARRAY: 'object',
};

/** In a damaged file a page may hold indices of a dictionary that is not there. */
function checkStored(values: StoredValues, type = ''): void {
  if (ArrayBuffer.isView(values)) return;
  const expected = STORED[type];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined || typeof value === expected) continue;
    throw new Error(`a value of type ${typeof value} in a column of type ${type}`);
  }
}

/** What the library says of a file that it cannot read is a fault of the data. */
async function guarded<Result>(source: OpenSource, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw damaged(source, error instanceof Error ? error.message : String(error));
  }
}

function damaged({ where, name }: OpenSource, got: string): DataError {
  return dataError({
    where,
    subject: name,
    rule: 'must be a whole Parquet file',
    got,
    remedy: ' Bring the file here again, because a part of it is missing or damaged.',
  });
}
