/**
 * `summary()`: the table that Keras users know (layer, output shape, parameters), with the activation and
 * the operations one row costs.
 */
import { activationFacts } from '../activations/activation.ts';
import { layoutOf } from './layout.ts';
import type { Layer } from './layer.ts';
import type { NetworkSpec } from './spec.ts';

interface SummaryRow {
  readonly layer: string;
  readonly shape: string;
  readonly parameters: number;
  readonly operations: number;
}

/**
 * The table of a network as text, one line a layer.
 *
 * Operations count a row's forward pass: a multiply and an add for each weight, an add for each bias, and
 * the activation's own; the backward pass costs about twice as much.
 */
export function summarise(spec: NetworkSpec): string {
  const rows = summaryRows(spec);
  const header = ['Layer (type)', 'Output shape', 'Parameters', 'Operations a row'];
  const cells = rows.map((row) => [
    row.layer,
    row.shape,
    grouped(row.parameters),
    grouped(row.operations),
  ]);
  const widths = header.map((title, column) =>
    cells.reduce((width, line) => Math.max(width, line[column]!.length), title.length),
  );
  const line = (values: readonly string[]): string =>
    values
      .map((value, column) =>
        column < 2 ? value.padEnd(widths[column]!) : value.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1));
  const total = rows.reduce((sum, row) => sum + row.parameters, 0);
  const operations = rows.reduce((sum, row) => sum + row.operations, 0);
  const bytes = total * (spec.dtype === 'float64' ? 8 : 4);
  return [
    line(header),
    rule,
    ...cells.map(line),
    rule,
    `Parameters: ${grouped(total)} (${sizeText(bytes)}, ${spec.dtype})`,
    `Operations a row: ${grouped(operations)} forward`,
    `Output: ${spec.output ?? 'identity (set by the loss when trained)'}`,
  ].join('\n');
}

function summaryRows(spec: NetworkSpec): SummaryRow[] {
  const { dense } = layoutOf(spec);
  const rows: SummaryRow[] = [
    { layer: 'input', shape: `[N, ${spec.inputs}]`, parameters: 0, operations: 0 },
  ];
  let index = 0;
  let columns = spec.inputs;
  for (const layer of spec.layers) {
    if (layer.kind === 'dropout') {
      rows.push({
        layer: layerTitle(layer),
        shape: `[N, ${columns}]`,
        parameters: 0,
        operations: 0,
      });
      continue;
    }
    const { weight, bias, fanOut } = dense[index++]!;
    columns = fanOut;
    const biases = bias === undefined ? 0 : bias.size;
    rows.push({
      layer: layerTitle(layer),
      shape: `[N, ${fanOut}]`,
      parameters: weight.size + biases,
      operations:
        2 * weight.size + biases + fanOut * activationFacts(layer.activation.kind).operations,
    });
  }
  return rows;
}

/** A layer in a few words, such as `dense (relu)` or `dropout (0.2)`. */
export function layerTitle(layer: Layer): string {
  if (layer.kind === 'dropout') return `dropout (${layer.rate})`;
  const { kind } = layer.activation;
  return `dense${kind === 'identity' ? '' : ` (${kind})`}${layer.bias ? '' : ', no bias'}`;
}

/** 1234567 → `1,234,567`. */
function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / (1024 * 1024)).toFixed(1)} MiB`;
}
