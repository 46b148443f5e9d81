/**
 * `summary()`: the table that Keras users know (layer, output shape, parameters), with the activation and
 * the number of operations for one row.
 */
import { kindOf } from './layers/kinds.ts';
import { layoutOf } from './layout.ts';
import type { NetworkSpec } from './spec.ts';

/**
 * The table of a network as text, one line for each layer.
 *
 * The operations are those of one row's forward pass: a multiplication and an addition for each weight, an addition for
 * each bias, and the operations of the activation. The backward pass takes about twice as many.
 */
export function summarise(spec: NetworkSpec): string {
  const rows = summaryRows(spec);
  const table = [
    ['Layer (type)', 'Output shape', 'Parameters', 'Operations a row'],
    ...rows.map(([title, shape, ...counts]) => [title, shape, ...counts.map(countText)]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    table.reduce((widest, line) => Math.max(widest, line[column]!.length), 0),
  );
  const [header, ...lines] = table.map((line) =>
    line
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  '),
  );
  const rule = '─'.repeat(header!.length);
  const parameters = rows.reduce((sum, row) => sum + row[2], 0);
  const operations = rows.reduce((sum, row) => sum + row[3], 0);
  const bytes = parameters * (spec.dtype === 'float64' ? 8 : 4);
  return [
    header,
    rule,
    ...lines,
    rule,
    `Parameters: ${countText(parameters)} (${sizeText(bytes)}, ${spec.dtype})`,
    `Operations a row: ${countText(operations)} forward`,
    `Output: ${spec.output ?? 'identity (set by the loss when trained)'}`,
  ].join('\n');
}

/** Title, output shape, parameters and operations of the input and of each layer. */
function summaryRows(spec: NetworkSpec): [string, string, number, number][] {
  const rows = layoutOf(spec).layers.map(
    ({ layer, inputs, outputs, parameters }): [string, string, number, number] => {
      const kind = kindOf(layer);
      const count = parameters.reduce((sum, { size }) => sum + size, 0);
      return [kind.title(layer), `[N, ${outputs}]`, count, kind.operations(layer, inputs)];
    },
  );
  return [['input', `[N, ${spec.inputs}]`, 0, 0], ...rows];
}

/** 1234567 → `1,234,567`, the same on every machine because the language is given. */
function countText(count: number): string {
  return count.toLocaleString('en');
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / (1024 * 1024)).toFixed(1)} MiB`;
}
