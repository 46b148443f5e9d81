/**
 * What a model relies on, for a report: the importance of its columns, how its predictions follow the most important ones, and what its
 * parameters look like. The cost of a look is columns × rows × weights, so a large model is looked at with fewer rows and columns, and
 * the report says so.
 */
import { counted, grouped } from '@vinculum/report';
import {
  describeInternals,
  type ImportanceFacts,
  type InternalsFacts,
  type PartialDependenceFacts,
  type ProbeRows,
} from '@vinculum/report/page';
import {
  cellAt,
  partialDependence,
  permutationImportance,
  scaleTargets,
  type PartialDependence,
  type Table,
} from 'vinculum';
import { countRows, pickRows, type LabelledRows } from '../labelled-rows.ts';
import { outputsOf, type OpenModel } from '../open-model.ts';
import { weightsOf, type Roles } from '../roles.ts';
import { encodeClasses, targetNumbers, yesOrNo } from '../target-values.ts';
import { evenRows } from './data.ts';
import { rowsOf } from './evaluation.ts';

/** Multiplications that the importance may take, and as many again the partial dependence; a third of a second each. */
const MOST_WORK = 1e9;

/** How often a column is shuffled. */
const REPEATS = 5;

/** Rows of the importance: the spread of the repeats does not become much smaller with more. */
const MOST_ROWS = 500;

/** Rows on which all columns are compared, to choose the ones that are measured. */
const SCREENED_ROWS = 40;

/** Columns whose dependence is drawn, rows that are averaged, values of a column, and single rows that have lines. */
const DEPENDENCE = { columns: 6, rows: 200, grid: 20, lines: 20 } as const;

/** With more outputs, single rows have no lines. */
const MOST_DRAWN_OUTPUTS = 3;

/** Rows on which the layers are looked at. */
const PROBED_ROWS = 128;

/** A model that was saved with its preparation. */
type Estimator = Exclude<OpenModel['model'], { kind: 'network' }>;

/** The held-out rows, and the model. */
export interface InsightRequest {
  readonly open: OpenModel;
  readonly test: LabelledRows;
  readonly roles: Roles;
  readonly seed: number;
  /** Whether always the most frequent class would be right as often. The accuracy then does not show what a column is worth. */
  readonly isNoBetter: boolean;
}

/** The importance of the columns; undefined for a bare network, which has none. */
export function importanceFacts(request: InsightRequest): ImportanceFacts | undefined {
  const { open, test, roles, seed, isNoBetter } = request;
  const { model } = open;
  if (model.kind === 'network') return undefined;
  const names = usedColumns(model);
  const all = countRows(test);
  const rows = some(test, MOST_ROWS);
  const weights = workOfRow(open);
  const measure = (
    part: LabelledRows,
    options: Parameters<typeof permutationImportance>[3],
  ): ImportanceFacts['measured'] =>
    permutationImportance(model, rowsOf(part), answersOf(open, part), {
      seed,
      sampleWeight: weightsOf(part, roles),
      ...(isNoBetter ? { metric: 'logLoss' } : {}),
      ...options,
    });
  const work = names.length * REPEATS * countRows(rows) * weights;
  const limited =
    all > countRows(rows) ? [`${grouped(countRows(rows))} of ${counted(all, 'held-out row')}`] : [];
  if (work <= MOST_WORK)
    return { measured: measure(rows, { repeats: REPEATS }), ...limitsOf(limited) };
  const screened = some(test, SCREENED_ROWS);
  const metric = open.task === 'regression' ? ('mae' as const) : ('logLoss' as const);
  const order = measure(screened, { repeats: 1, metric }).columns.map(({ column }) => column);
  const fewer = some(test, Math.max(SCREENED_ROWS, Math.floor(MOST_ROWS / 4)));
  const most = Math.max(5, Math.floor(MOST_WORK / (REPEATS * countRows(fewer) * weights)));
  const columns = order.slice(0, most);
  return {
    measured: measure(fewer, { repeats: REPEATS, columns }),
    ...limitsOf([
      `the ${columns.length} columns that mattered most on ${countRows(screened)} rows, of ${grouped(names.length)}`,
      `${grouped(countRows(fewer))} of ${counted(all, 'held-out row')}`,
    ]),
  };
}

function limitsOf(limits: readonly string[]): { readonly limits?: string } {
  if (limits.length === 0) return {};
  return { limits: `To save time, only these were measured: ${limits.join('; ')}.` };
}

/** How the predictions follow the most important columns. */
export function dependenceFacts(
  { open, test }: InsightRequest,
  importance: ImportanceFacts,
): PartialDependenceFacts[] {
  const { model } = open;
  if (model.kind === 'network' || 'data' in test.rows) return [];
  const columns = importance.measured.columns
    .filter(({ mean }) => (mean ?? 0) > 0)
    .slice(0, DEPENDENCE.columns);
  const { grid, lines } = DEPENDENCE;
  const affordable = Math.floor(MOST_WORK / (DEPENDENCE.columns * grid * workOfRow(open)));
  const rows = some(test, Math.max(lines, Math.min(DEPENDENCE.rows, affordable)));
  const { rows: table } = rows;
  return columns.map(({ column }): PartialDependenceFacts => {
    // Of many classes the page draws no single rows, and their numbers would be most of the record.
    const drawn = outputsOf(open.network) > MOST_DRAWN_OUTPUTS ? 0 : lines;
    const measured = partialDependence(model, rowsOf(rows), column, { grid, lines: drawn });
    const deciles = 'data' in table ? undefined : decilesOf(table, column);
    return { measured: rounded(measured), ...(deciles === undefined ? {} : { deciles }) };
  });
}

/** Predictions as they are drawn: a picture has no more than six digits. */
function rounded(measured: PartialDependence): PartialDependence {
  return {
    ...measured,
    mean: sixDigits(measured.mean),
    lines: measured.lines.map(({ row, values }) => ({ row, values: sixDigits(values) })),
  };
}

function sixDigits(values: readonly (readonly number[])[]): number[][] {
  return values.map((row) => row.map((value) => Number(value.toPrecision(6))));
}

/** The nine deciles of a column of numbers. */
function decilesOf(table: Table, name: string): number[] | undefined {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined || (column.kind !== 'number' && column.kind !== 'date'))
    return undefined;
  const values = Float64Array.from({ length: table.rowCount }, (_, row) =>
    Number(cellAt(column, row) ?? NaN),
  )
    .filter((value) => !Number.isNaN(value))
    .toSorted();
  if (values.length === 0) return undefined;
  return Array.from(
    { length: 9 },
    (_, i) => values[Math.round(((i + 1) / 10) * (values.length - 1))] ?? NaN,
  );
}

/** What the parameters of the first network look like. */
export function internalsFacts({ open, test }: InsightRequest): InternalsFacts {
  const { model, network, loss } = open;
  const rows = some(test, PROBED_ROWS);
  if (countRows(rows) === 0) return describeInternals(network);
  const option = model.kind === 'network' ? loss : model.plan.loss;
  return describeInternals(network, {
    x: open.inputs(rows.rows),
    y: networkTargets(open, rows),
    loss: option,
  });
}

/** The targets as the network learns them: those of a regression are standardised. */
function networkTargets(open: OpenModel, rows: LabelledRows): ProbeRows['y'] {
  const { model } = open;
  if (open.task === 'classification') return encodeClasses(open.classes, rows);
  const shape = [countRows(rows), outputsOf(open.network)];
  if (open.task === 'multilabel') return { data: yesOrNo(rows), shape };
  const numbers = targetNumbers(rows.targets);
  return {
    data: model.kind === 'regressor' ? scaleTargets(model.targetScaler, numbers) : numbers,
    shape,
  };
}

/** The targets as `score` of the estimator takes them. */
function answersOf(open: OpenModel, rows: LabelledRows): unknown {
  const { model, task } = open;
  const { targets, numbers } = rows;
  if (task === 'classification') return Array.from(numbers, (_, row) => cellAt(targets[0], row));
  const values = task === 'multilabel' ? yesOrNo(rows) : targetNumbers(targets);
  const { length } = targets;
  if (length === 1 && model.kind === 'regressor') return values;
  return Array.from(numbers, (_, row) =>
    Array.from(values.subarray(row * length, (row + 1) * length)),
  );
}

function usedColumns(model: Estimator): string[] {
  return model.preparation.columns.flatMap(({ kind, name }) => (kind === 'ignored' ? [] : [name]));
}

/** Multiplications of one row through all networks. */
function workOfRow({ networks }: OpenModel): number {
  return networks.reduce((sum, { parameterCount }) => sum + parameterCount, 0);
}

function some(rows: LabelledRows, most: number): LabelledRows {
  const count = countRows(rows);
  return count <= most ? rows : pickRows(rows, evenRows(count, most));
}
