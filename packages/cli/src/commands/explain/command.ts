/**
 * `vinculum explain MODEL DATA --row N`: the whole of one training step on a row or a small batch: every
 * equation of forward, backward and update, with the numbers that it gives. The model is not changed.
 */
import { significant, renderStep, renderTable, plainText } from '@vinculum/report';
import {
  cellAt,
  selectRows,
  traceStep,
  type MatrixInput,
  type TracedQuantity,
  type TraceStepOptions,
} from 'vinculum';
import {
  argmax,
  predictionLayers,
  faultFrom,
  printFault,
  withReason,
  listed,
} from 'vinculum/internal';
import type { RowRange } from '../../command-line/readers.ts';
import { chooseCompute } from '../../compute.ts';
import { dataFailure, EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { countRows, type LabelledRows } from '../../labelled-rows.ts';
import { teller, writeJson } from '../../messages.ts';
import { readRange } from '../../model-rows.ts';
import { truthsOf, type Truths } from '../../target-values.ts';
import { openModel, outputsOf, type OpenModel } from '../../open-model.ts';
import { preparedNames } from '../../prepared-columns.ts';
import { styleFor, type Style } from '../../rendering/colour.ts';
import { targetsDocument } from '../../score.ts';
import { widthOf } from '../../rendering/width.ts';
import type { ExplainPlan } from './flags.ts';
import { hasBalancedWeights, stepSettings, type StepSettings } from './settings.ts';

/** The most rows of a batch that is explained. */
const MAX_ROWS = 1024;
/** The most inputs that are listed with their columns. */
const MAX_INPUTS = 24;

/** Runs the command. */
export async function explain(plan: ExplainPlan, host: Host): Promise<number> {
  const { model, data } = plan;
  const range = rangeOf(plan);
  // Nothing is chosen: a trace is computed in float64 on the reference. What cannot be had is refused all the same.
  chooseCompute({}, host);
  const open = await openModel(model, { data, tell: teller(plan, host) });
  const labelled = await readRange(data, open, plan, range, host);
  const x = open.inputs(labelled.rows);
  const settings = stepSettings(open, countRows(labelled));
  const truths = truthsOf(open, labelled);
  const quantities = withTarget(
    traceSaved(() => traceStep(open.network, x, truths, settings)),
    open,
    truths,
    settings.loss,
  );
  if (plan.json) {
    // JSON has no NaN.
    checkFinite(quantities);
    writeJson(documentOf(model, labelled, quantities), host);
    return EXIT.ok;
  }
  const style = styleFor(host.stdout, host.environment);
  const lines = [
    ...introduce(open, labelled, x, { style, width: widthOf(host.stdout) }),
    ...renderStep(quantities, plan, style),
    '',
    ...conclude(open, quantities, settings),
  ];
  host.stdout.write(`${lines.join('\n')}\n`);
  // After the text, because it shows where the number arises.
  checkFinite(quantities);
  return EXIT.ok;
}

function rangeOf({ row, rows }: ExplainPlan): RowRange {
  const range = row ?? rows;
  if (range === undefined || (row !== undefined && rows !== undefined)) {
    throw usageFailure('explain needs one of --row N and --rows A-B.', {
      hint: 'rows are counted from 1, without the header: --row 1',
    });
  }
  if (range.last - range.first >= MAX_ROWS) {
    throw usageFailure(
      `--rows must be at most ${MAX_ROWS} rows; got ${range.last - range.first + 1}.`,
      { hint: 'a few rows show as much: --rows 1-8' },
    );
  }
  return range;
}

/** Settings in a file were valid when it was saved: a fault in them is the file's. */
function traceSaved(trace: () => TracedQuantity[]): TracedQuantity[] {
  try {
    return trace();
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof RangeError)) throw error;
    const rule = 'must tell valid settings of its training';
    const fault = withReason('', 'the model file', rule, faultFrom(error));
    throw dataFailure(printFault(fault), {
      code: 'model-format',
      hint: "save the model again with 'vinculum train'",
      cause: error,
    });
  }
}

/** The quantities with t, which the loss is given and the trace does not compute, before L. */
function withTarget(
  quantities: readonly TracedQuantity[],
  open: OpenModel,
  truths: Truths,
  loss: TraceStepOptions['loss'],
): TracedQuantity[] {
  const at = quantities.findIndex(({ name }) => name === 'L');
  const columns = outputsOf(open.network);
  const smoothing = typeof loss === 'string' ? 0 : (loss.labelSmoothing ?? 0);
  const rows = truths instanceof Int32Array ? truths.length : truths.shape[0];
  const value =
    truths instanceof Int32Array
      ? Float64Array.from({ length: rows * columns }, (_, index) => {
          const hit = truths[Math.floor(index / columns)] === index % columns ? 1 : 0;
          return hit * (1 - smoothing) + smoothing / columns;
        })
      : Float64Array.from(truths.data, (t) => t * (1 - smoothing) + smoothing / 2);
  const point = rows === 1;
  const symbol = point ? 't' : 'T';
  const target: TracedQuantity = {
    name: 't',
    symbol,
    latex: symbol,
    equation: point ? 5 : 10,
    shape: point ? [columns] : [rows, columns],
    value,
  };
  return [...quantities.slice(0, at), target, ...quantities.slice(at)];
}

/**
 * Refuses a step that holds NaN or an infinite number.
 *
 * @throws {CommandFailure} exit 3
 */
function checkFinite(quantities: readonly TracedQuantity[]): void {
  for (const { name, symbol, equation, value } of quantities) {
    const wrong = value.find((one) => !Number.isFinite(one));
    if (wrong === undefined) continue;
    throw dataFailure(
      `every quantity of the step must be a finite number; ${symbol} (${name}), eq. (${equation}), is the first that is not: it holds ${wrong}.`,
      {
        code: 'non-finite',
        hint: 'look for extreme values in that row, or in the weights of the model',
      },
    );
  }
}

function documentOf(
  path: string,
  labelled: LabelledRows,
  quantities: readonly TracedQuantity[],
): object {
  return {
    schema: 'vinculum.explain/1',
    model: path,
    rows: Array.from(labelled.numbers),
    ...targetsDocument(labelled.targets.map(({ name }) => name)),
    quantities: quantities.map((quantity) => ({ ...quantity, value: Array.from(quantity.value) })),
  };
}

function introduce(
  open: OpenModel,
  labelled: LabelledRows,
  x: MatrixInput,
  { style, width }: { readonly style: Style; readonly width: number },
): string[] {
  const { numbers, targets } = labelled;
  const rows = countRows(labelled);
  const answers = targets.map((target) => {
    const truths = Array.from(numbers, (_, row) => String(cellAt(target, row)));
    return `${target.name} = ${listed(truths, { most: 8 })}`;
  });
  const answer = answers.join('; ');
  const title =
    rows === 1
      ? `Row ${numbers[0]}: ${answer}`
      : `Rows ${numbers[0]} to ${numbers.at(-1)} (N = ${rows}): ${answer}`;
  const { model } = open;
  if (rows > 1 || model.kind === 'network' || 'data' in labelled.rows || !('data' in x)) {
    return [style.bold(plainText(title))];
  }
  const names = preparedNames(model.preparation);
  if (names.length > MAX_INPUTS) return [style.bold(plainText(title))];
  const table = selectRows(labelled.rows, [0]);
  const values = new Map(
    table.columns.map((column) => [column.name, column.spellings?.[0] ?? cellAt(column, 0)]),
  );
  const cells = model.preparation.columns.flatMap((column) =>
    preparedNames({ version: 1, named: true, width: 0, columns: [column] }).map((name) => [
      name,
      String(values.get(column.name) ?? 'missing'),
    ]),
  );
  const inputs = cells.map(([name = '', value = ''], index) => [
    name,
    value,
    significant(x.data[index] ?? NaN),
  ]);
  return [
    style.bold(plainText(title)),
    '',
    renderTable(
      [
        { title: 'input' },
        { title: 'in the file', align: 'right' },
        { title: 'prepared', align: 'right' },
      ],
      inputs,
      width,
    ),
  ];
}

/** The prediction, and a description of the step. */
function conclude(
  open: OpenModel,
  quantities: readonly TracedQuantity[],
  { optimizer }: StepSettings,
): string[] {
  const output =
    quantities.find(({ name }) => name === 'y') ?? quantities.find(({ name }) => name === 'z');
  const columns = output?.shape.at(-1) ?? 0;
  const rows = output?.shape.length === 2 ? (output.shape[0] ?? 0) : 1;
  const predictions = Array.from({ length: Math.min(rows, 8) }, (_, row) => {
    if (output === undefined) return '';
    const values = Array.from(output.value.slice(row * columns, (row + 1) * columns));
    if (open.task === 'multilabel') {
      const labels = values.map(
        (p, label) =>
          `${String(open.classes[label])} ${p >= 0.5 ? 'yes' : 'no'} (${(100 * p).toFixed(1)} %)`,
      );
      return labels.join(', ');
    }
    if (open.task !== 'classification') {
      const numbers = values.map((value, column) => significant(open.unscale(value, column)));
      if (columns === 1) return numbers[0] ?? '';
      return numbers.map((text, column) => `${open.targets[column] ?? column} ${text}`).join(', ');
    }
    const best = argmax(output.value, row * columns, columns);
    const share = output.value[row * columns + best] ?? NaN;
    return `${String(open.classes[best])} (${(100 * share).toFixed(1)} %)`;
  });
  const { layers } = open.network.spec;
  const dropped = predictionLayers(layers).length < layers.length;
  const { length } = open.networks;
  return [
    ...(length === 1
      ? []
      : [
          `This is the first of the ${length} networks of the model, which predicts the mean of their outputs.`,
        ]),
    `prediction in this step: ${plainText(predictions.join(columns > 1 && open.task !== 'classification' ? '; ' : ', '))}${rows > predictions.length ? ', …' : ''}`,
    `The update is a first step (t = 1) of ${optimizer.kind}, learning rate ${optimizer.learningRate}, from the saved weights with moments of zero.${dropped ? ' Dropout is on, as in training.' : ''}${hasBalancedWeights(open) ? ' The balanced class weights of the training are left out.' : ''} The model file is not changed.`,
  ];
}
