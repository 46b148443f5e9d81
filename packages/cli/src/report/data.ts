/** The facts of the data for a report: each column in each part of the rows, and rows that occur more than once. */
import {
  describeColumns,
  imageOf,
  type ColumnRole,
  type DataFacts,
  type ImageFacts,
  type SplitName,
} from '@vinculum/report/page';
import { selectRows, type DataNote, type Matrix, type Table } from 'vinculum';
import { rowKeys } from 'vinculum/internal';
import { countRows, type LabelledRows } from '../labelled-rows.ts';
import type { OpenModel } from '../open-model.ts';
import { preparedAs } from '../prepared-columns.ts';

/** The parts of the rows; one that is not known, or that has no row, is absent. */
export type RowParts = Readonly<Partial<Record<SplitName, LabelledRows>>>;

/** Cells of one part that are looked at; of a larger part only some rows are. */
const MOST_CELLS = 400_000;

/** What the data facts are made of. */
export interface DataRequest {
  readonly open: OpenModel;
  readonly parts: RowParts;
  /** How many rows each part has. */
  readonly counts: DataFacts['rows'];
  readonly notes: readonly DataNote[];
  readonly warnings: readonly DataNote[];
}

/** The facts. */
export function dataFacts({ open, parts, counts, notes, warnings }: DataRequest): DataFacts {
  const { model, targets } = open;
  const uses = new Map(
    model.kind === 'network'
      ? []
      : model.preparation.columns.map((column) => [column.name, preparedAs(column)]),
  );
  const tables = Object.entries(parts).map(([part, { rows, targets: answers }]) => {
    const inputs = asTable(rows);
    const table = { ...inputs, columns: [...inputs.columns, ...answers] };
    return [part, sampled(table)] as const;
  });
  const sampledNotes = tables.flatMap(([part, { rowCount }]): DataNote[] => {
    const all = countRows(parts[part as SplitName]!);
    if (rowCount === all) return [];
    const message = `the columns of the ${part} rows are described by ${rowCount} of ${all} rows, evenly spaced`;
    return [{ code: 'sampled-rows', count: rowCount, message }];
  });
  const image = imageOfParts(parts);
  const columns = describeColumns(Object.fromEntries(tables), (name) => {
    const role: ColumnRole = targets.includes(name)
      ? 'target'
      : uses.size > 0 && !uses.has(name)
        ? 'dropped'
        : 'input';
    return { role, use: uses.get(name) ?? '' };
  });
  return {
    rows: counts,
    columns,
    duplicates: duplicatesOf(parts),
    notes: [...notes, ...sampledNotes],
    warnings,
    ...(image === undefined ? {} : { image }),
  };
}

/** The form of the picture of a row, if the inputs are pixels. */
export function imageOfParts({ test, train }: RowParts): ImageFacts | undefined {
  const rows = (test ?? train)?.rows;
  return rows && imageOf(sampled(asTable(rows)));
}

/** The rows as a table; the columns of images have names that count. */
export function asTable(rows: Table | Matrix): Table {
  if (!('data' in rows)) return rows;
  const { data, rows: rowCount, columns } = rows;
  return {
    rowCount,
    columns: Array.from({ length: columns }, (_, column) => ({
      name: `pixel${column}`,
      kind: 'number',
      values: Float64Array.from({ length: rowCount }, (_row, row) => data[row * columns + column]!),
    })),
  };
}

/** As many rows as are looked at, evenly spaced. */
function sampled(table: Table): Table {
  const most = Math.max(1, Math.floor(MOST_CELLS / Math.max(1, table.columns.length)));
  return table.rowCount <= most ? table : selectRows(table, evenRows(table.rowCount, most));
}

/** Indices of at most `most` rows of `count`, evenly spaced. */
export function evenRows(count: number, most: number): Uint32Array {
  const length = Math.min(count, most);
  return Uint32Array.from({ length }, (_, i) => Math.floor((i * count) / length));
}

/** Repeated rows; those of a large table are not looked for. */
function duplicatesOf({ train, validation, test }: RowParts): DataFacts['duplicates'] {
  const parts = [train, validation, test].flatMap((part): SmallPart[] =>
    part === undefined ? [] : smallPart(part),
  );
  const learned = new Set([train, validation].flatMap((part) => (part ? inputKeys(part) : [])));
  const all = parts.flatMap(({ table, targets }) =>
    rowKeys({ ...table, columns: [...table.columns, ...targets] }),
  );
  return {
    repeated: all.length - new Set(all).size,
    acrossSplit: test === undefined ? 0 : inputKeys(test).filter((key) => learned.has(key)).length,
  };
}

/** A part whose rows are looked at one by one. */
interface SmallPart {
  readonly table: Table;
  readonly targets: LabelledRows['targets'];
}

/** None of a large part, or of images, whose rows are not looked at. */
function smallPart({ rows, targets }: LabelledRows): SmallPart[] {
  if ('data' in rows || rows.rowCount * rows.columns.length > MOST_CELLS) return [];
  return [{ table: rows, targets }];
}

/** What the inputs of a row are known by. */
function inputKeys(part: LabelledRows): string[] {
  return smallPart(part).flatMap(({ table }) => rowKeys(table));
}
