/**
 * The forms of a file of predictions: CSV as RFC 4180 has it, or one JSON document a line. Every row has its line, in the
 * order of the rows.
 */
import { jsonText, plainText, shortFloat32 } from '@vinculum/report';
import type { Intervals, Prediction } from 'vinculum';
import { argmax } from 'vinculum/internal';
import { dataFailure } from './failure.ts';
import { outputsOf, type OpenModel } from './open-model.ts';

/** What stands in a file besides the predictions. */
export interface WriterOptions {
  /** A probability for each class. */
  readonly proba: boolean;
  /** The bounds of an interval for each number. */
  readonly withInterval: boolean;
}

/** What stands beside the predictions of a batch. */
export interface Beside {
  readonly names: readonly string[];
  /** The cells of a row as DATA spells them; null for an empty cell. */
  cells(row: number): (string | null)[];
  /** Indices of the rows in which every input is empty. */
  readonly empty: ReadonlySet<number>;
}

/** How predictions look in a file. */
abstract class PredictionWriter {
  protected readonly open: OpenModel;
  protected readonly withProbabilities: boolean;
  protected readonly withInterval: boolean;

  constructor(open: OpenModel, { proba, withInterval }: WriterOptions) {
    this.open = open;
    this.withProbabilities = proba;
    this.withInterval = withInterval;
  }

  /** @param beside - the names of the columns before the prediction */
  abstract header(beside: readonly string[]): string;
  protected abstract row(
    values: readonly string[],
    probabilities: readonly string[],
    beside: readonly (readonly [name: string, cell: string | null])[],
    bounds: readonly string[],
  ): string;

  /**
   * The lines of a batch.
   *
   * @param rowNumbers - of the rows in their file, from 1
   * @param intervals - of the rows, if they are written
   * @throws {CommandFailure} exit 3 when a prediction is not a finite number, which no file of predictions may hold
   */
  rows(
    { data, shape }: Prediction,
    rowNumbers: Uint32Array,
    beside: Beside,
    intervals?: Intervals,
  ): string {
    const [rows, columns] = shape;
    const lines: string[] = [];
    for (let row = 0; row < rows; row++) {
      const outputs = data.subarray(row * columns, (row + 1) * columns);
      const numbers = Array.from(outputs, (output, column) => this.open.unscale(output, column));
      const kept = beside.cells(row).map((cell, index) => [beside.names[index]!, cell] as const);
      if (beside.empty.has(row)) {
        const nothing = numbers.map(() => 'null');
        const answers = this.open.task === 'classification' ? ['null'] : nothing;
        const bounds = this.withInterval ? [...nothing, ...nothing] : [];
        lines.push(this.row(answers, this.withProbabilities ? nothing : [], kept, bounds));
        continue;
      }
      checkFinite(numbers, rowNumbers[row] ?? row + 1);
      const probabilities = this.withProbabilities ? numbers.map(shortFloat32) : [];
      const bounds = intervals === undefined ? [] : boundsOf(intervals, row * columns, columns);
      lines.push(this.row(this.#values(numbers), probabilities, kept, bounds));
    }
    return lines.join('');
  }

  /** The prediction: JSON texts, a label, or numbers or labels by target. */
  #values(numbers: readonly number[]): string[] {
    const { task, classes, network, model } = this.open;
    if (task === 'classification') {
      return [jsonText(classes[argmax(numbers, 0, numbers.length)])];
    }
    if (task === 'multilabel') {
      const isBoolean = model.kind === 'classifier' && model.labels === 'boolean';
      return numbers.map((p) => (isBoolean ? String(p >= 0.5) : p >= 0.5 ? '1' : '0'));
    }
    return numbers.map((value) =>
      network.spec.dtype === 'float64' ? String(value) : shortFloat32(value),
    );
  }
}

/** The low and the high bound of each number of a row, in turn. */
function boundsOf({ low, high }: Intervals, start: number, columns: number): string[] {
  return Array.from({ length: 2 * columns }, (_, i) => {
    const bounds = i % 2 === 0 ? low : high;
    return shortFloat32(bounds[start + Math.floor(i / 2)]!);
  });
}

export class CsvWriter extends PredictionWriter {
  readonly #isShown: boolean;

  constructor(open: OpenModel, options: WriterOptions & { readonly isShown: boolean }) {
    super(open, options);
    this.#isShown = options.isShown;
  }

  header(beside: readonly string[]): string {
    const outputs = outputsOf(this.open.network);
    const predictions =
      this.open.task === 'classification' || outputs === 1
        ? ['prediction']
        : Array.from(
            { length: outputs },
            (_, index) => `prediction_${this.open.targets[index] ?? index}`,
          );
    const probabilities = this.withProbabilities
      ? this.open.classes.map((label) => `probability_${String(label)}`)
      : [];
    const bounds = this.withInterval
      ? Array.from({ length: outputs }, (_, i) => (outputs === 1 ? '' : `_${i}`)).flatMap((end) => [
          `low${end}`,
          `high${end}`,
        ])
      : [];
    return `${[...beside, ...predictions, ...probabilities, ...bounds].map((text) => this.#field(text)).join(',')}\n`;
  }

  protected row(
    values: readonly string[],
    probabilities: readonly string[],
    beside: readonly (readonly [name: string, cell: string | null])[],
    bounds: readonly string[],
  ): string {
    const cells = beside.map(([, cell]) => this.#field(cell ?? ''));
    const fields = values.map((value) => {
      const read: unknown = JSON.parse(value);
      // A row without a prediction has an empty cell, as CSV writes what is missing.
      return typeof read === 'string' ? this.#field(read) : read === null ? '' : value;
    });
    const shares = [...probabilities, ...bounds].map((value) => (value === 'null' ? '' : value));
    return `${[...cells, ...fields, ...shares].join(',')}\n`;
  }

  #field(text: string): string {
    return csvField(this.#isShown ? plainText(text) : text);
  }
}

export class JsonWriter extends PredictionWriter {
  header(): string {
    return '';
  }

  /** Composed as text, because a class may be called `__proto__`. */
  protected row(
    values: readonly string[],
    probabilities: readonly string[],
    beside: readonly (readonly [name: string, cell: string | null])[],
    bounds: readonly string[],
  ): string {
    const kept = beside.map(([name, cell]) => `${jsonText(name)}:${jsonText(cell)},`).join('');
    const prediction = values.length === 1 ? (values[0] ?? 'null') : this.#several(values);
    const pairs = probabilities.map(
      (value, index) => `${jsonText(String(this.open.classes[index]))}:${value}`,
    );
    const tail = this.withProbabilities ? `,"probabilities":{${pairs.join(',')}}` : '';
    const interval = this.withInterval ? `,"interval":[${bounds.join(',')}]` : '';
    return `{${kept}"prediction":${prediction}${tail}${interval}}\n`;
  }

  /** By the names of the targets, if the model has them. */
  #several(values: readonly string[]): string {
    const { targets } = this.open;
    if (targets.length !== values.length) return `[${values.join(',')}]`;
    return `{${values.map((value, index) => `${jsonText(targets[index])}:${value}`).join(',')}}`;
  }
}

/** A field of RFC 4180: in quotes if it contains a comma, a quote or a line break. */
function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function checkFinite(outputs: readonly number[], rowNumber: number): void {
  const at = outputs.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return;
  throw dataFailure(
    `row ${rowNumber}: the outputs of the model must be finite numbers; output ${at + 1} is ${outputs[at]}.`,
    {
      code: 'non-finite',
      hint: "look for extreme values in that row, or in the model with 'vinculum inspect MODEL'",
    },
  );
}
