/**
 * `vinculum describe DATA`: each column with its kind and why, what is missing, how its values are spread, what a training
 * would do with it, and what is suspicious. Nothing is trained or written.
 */
import { clip, grouped, plainLines, renderTable, significant } from '@vinculum/report';
import { describeTable, type ColumnDescription, type TableDescription } from 'vinculum';
import { dataSetOf } from '../../data-sources.ts';
import { EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { findColumn, readDataTable } from '../../labelled-rows.ts';
import { writeJson } from '../../messages.ts';
import { widthOf } from '../../rendering/width.ts';
import type { DescribePlan } from './flags.ts';

/** The most columns that are listed; `--json` has all. */
const MAX_COLUMNS = 100;

const BARS = ' ▁▂▃▄▅▆▇█';

/** Runs the command. */
export async function describe(plan: DescribePlan, host: Host): Promise<number> {
  const { data, target, json } = plan;
  if (dataSetOf(data) !== undefined) {
    throw usageFailure(`describe takes a table; '${data}' is a data set of images.`, {
      hint: 'vinculum describe examples/data/penguins.csv',
    });
  }
  const table = await readDataTable(data, plan, host);
  if (target !== undefined) findColumn(table, target, '--target');
  const description = describeTable(table, target === undefined ? {} : { target });
  if (json) writeJson({ schema: 'vinculum.describe/1', data, ...description }, host);
  else host.stdout.write(`${plainLines(textOf(data, description, widthOf(host.stdout)))}\n`);
  return EXIT.ok;
}

function textOf(
  data: string,
  { rows, columns, notes, warnings }: TableDescription,
  width: number | undefined,
): string {
  const shown = columns.slice(0, MAX_COLUMNS);
  const rest = columns.length - shown.length;
  const table = renderTable(
    [
      { title: 'column' },
      { title: 'kind' },
      { title: 'missing', align: 'right' },
      { title: 'levels', align: 'right' },
      { title: 'values' },
    ],
    shown.map((column) => [
      clip(column.name, 32),
      column.kind,
      grouped(column.missing),
      grouped(column.levels),
      clip(valuesOf(column), 80),
    ]),
    width,
  );
  const reasons = shown.map(
    ({ name, why, use }) => `  ${clip(name, 32)}: ${why}; in training: ${use}`,
  );
  return [
    `${data}: ${grouped(rows)} rows, ${grouped(columns.length)} columns`,
    table,
    ...(rest > 0 ? [`… and ${rest} columns more (all of them with --json)`] : []),
    ['why, and what a training would do:', ...reasons].join('\n'),
    ...notes.map(({ message }) => `note: ${message}`),
    ...warnings.map(({ message }) => `warning: ${message}`),
  ].join('\n\n');
}

/** `2.7 … 6.3, median 4.9 ▁▃▅█▂` or `Adelie 152, Gentoo 124`. */
function valuesOf({ kind, spread, common = [] }: ColumnDescription): string {
  if (spread === undefined) {
    return common.map(([value, count]) => `${clip(value, 24)} ${grouped(count)}`).join(', ');
  }
  const write = (value: number): string =>
    kind === 'date'
      ? new Date(value).toISOString().slice(0, 16).replace('T', ' ')
      : significant(value);
  const most = Math.max(...spread.sketch);
  const sketch = spread.sketch.map((count) => BARS[Math.ceil((8 * count) / most)] ?? ' ').join('');
  return `${write(spread.min)} … ${write(spread.max)}, median ${write(spread.median)} ${sketch}`;
}
