/**
 * `vinculum predict MODEL DATA`: one prediction a row, in the order of the rows, streamed.
 */
import { shortFloat32 } from '@vinculum/report';
import type { Prediction } from 'vinculum';
import { argmax } from 'vinculum/internal';
import { chooseCompute } from '../../compute.ts';
import { EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { untilStopped } from '../../interrupt.ts';
import { readRows } from '../../model-rows.ts';
import { openModel, outputsOf, type OpenModel } from '../../open-model.ts';
import { openSink } from '../../text-file.ts';
import type { PredictPlan } from './flags.ts';

/** Runs the command. */
export async function predict(plan: PredictPlan, host: Host): Promise<number> {
  const { model, data } = plan;
  const { backend } = chooseCompute({}, host);
  const open = await openModel(model, { backend, data });
  if (plan.proba && open.task !== 'classification') {
    throw usageFailure('--proba goes with classes; the model predicts numbers.', {
      hint: 'leave --proba off',
    });
  }
  const writer =
    plan.format === 'csv' ? new CsvWriter(open, plan.proba) : new JsonWriter(open, plan.proba);
  const sink = await openSink(plan.output, host);
  try {
    let header = writer.header();
    for await (const { rows } of untilStopped(readRows(data, open, plan, host), host)) {
      await sink.write(header + writer.rows(open.predict(rows)));
      header = '';
    }
    if (header !== '') await sink.write(header);
    await sink.finish();
    return EXIT.ok;
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

/** How predictions look in a file. */
abstract class PredictionWriter {
  protected readonly open: OpenModel;
  protected readonly withProbabilities: boolean;

  constructor(open: OpenModel, withProbabilities: boolean) {
    this.open = open;
    this.withProbabilities = withProbabilities;
  }

  abstract header(): string;
  protected abstract row(values: readonly string[], probabilities: readonly string[]): string;

  /** The lines of a batch. */
  rows({ data, shape }: Prediction): string {
    const [rows, columns] = shape;
    const lines: string[] = [];
    for (let row = 0; row < rows; row++) {
      const numbers = Array.from(data.subarray(row * columns, (row + 1) * columns));
      lines.push(
        this.row(this.#values(numbers), this.withProbabilities ? numbers.map(shortFloat32) : []),
      );
    }
    return lines.join('');
  }

  /** The prediction: JSON texts, a label or numbers. */
  #values(numbers: readonly number[]): string[] {
    const { task, classes, network } = this.open;
    if (task === 'classification') {
      return [JSON.stringify(classes[argmax(numbers, 0, numbers.length)])];
    }
    return numbers.map((value, column) => {
      const unscaled = this.open.unscale(value, column);
      if (!Number.isFinite(unscaled)) return 'null';
      return network.spec.dtype === 'float64' ? String(unscaled) : shortFloat32(unscaled);
    });
  }
}

class CsvWriter extends PredictionWriter {
  header(): string {
    const outputs = outputsOf(this.open.network);
    const predictions =
      this.open.task === 'classification' || outputs === 1
        ? ['prediction']
        : Array.from({ length: outputs }, (_, index) => `prediction_${index}`);
    const probabilities = this.withProbabilities
      ? this.open.classes.map((label) => `probability_${String(label)}`)
      : [];
    return `${[...predictions, ...probabilities].map(csvField).join(',')}\n`;
  }

  protected row(values: readonly string[], probabilities: readonly string[]): string {
    const fields = values.map((value) => {
      const read: unknown = JSON.parse(value);
      return typeof read === 'string' ? csvField(read) : value;
    });
    return `${[...fields, ...probabilities].join(',')}\n`;
  }
}

class JsonWriter extends PredictionWriter {
  header(): string {
    return '';
  }

  /** Put together as text: a class may be called `__proto__`. */
  protected row(values: readonly string[], probabilities: readonly string[]): string {
    const prediction = values.length === 1 ? (values[0] ?? 'null') : `[${values.join(',')}]`;
    const pairs = probabilities.map(
      (value, index) => `${JSON.stringify(String(this.open.classes[index]))}:${value}`,
    );
    const tail = this.withProbabilities ? `,"probabilities":{${pairs.join(',')}}` : '';
    return `{"prediction":${prediction}${tail}}\n`;
  }
}

/** A field of RFC 4180: in quotes where it holds a comma, a quote or a line break. */
function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
