/**
 * The curves of a run as files: `metrics.csv`, one row for each epoch of each network, and, if they are asked for, events for
 * TensorBoard. Both have the same values.
 */
import { eventFile } from '@vinculum/io';
import type { EpochRecord, Evaluation, History } from 'vinculum';

/** The curves of one network. */
export interface MemberCurves {
  readonly history: History;
  /** Steps of one epoch. */
  readonly stepsInEpoch: number;
}

/** A value of an epoch: its column in the table, and its tag for TensorBoard. */
interface CurveValue {
  readonly column: string;
  readonly tag: string;
  readonly value: number;
}

/** The values of an epoch in the order of the columns. */
function valuesOf(record: EpochRecord): CurveValue[] {
  const { validation, learningRate, gradientNorm, penalty } = record;
  return [
    ...namedValues(record, { column: '', tag: 'train' }),
    ...(validation === undefined
      ? []
      : namedValues(validation, { column: 'val_', tag: 'validation' })),
    { column: 'learning_rate', tag: 'learning rate', value: learningRate },
    { column: 'gradient_norm', tag: 'gradient norm', value: gradientNorm },
    { column: 'penalty', tag: 'penalty', value: penalty },
  ];
}

/** Loss and metrics under the names that Keras gives them: `val_loss`; for TensorBoard `loss/validation`, a group for each metric. */
function namedValues(
  { loss, metrics }: Evaluation,
  { column, tag }: { readonly column: string; readonly tag: string },
): CurveValue[] {
  return Object.entries({ loss, ...metrics }).map(([name, value]) => ({
    column: `${column}${name}`,
    tag: `${name}/${tag}`,
    value,
  }));
}

/**
 * The table of the curves. `step` counts the updates of the weights up to the end of the epoch; `seconds` is the time from the start of
 * the network's training. A value that is no finite number is an empty cell.
 */
export function metricsCsv(members: readonly MemberCurves[]): string {
  const first = members.flatMap(({ history }) => history.epochs.slice(0, 1))[0];
  if (first === undefined) return 'step,epoch,seconds\n';
  const isEnsemble = members.length > 1;
  const names = valuesOf(first).map(({ column }) => column);
  const header = [...(isEnsemble ? ['member'] : []), 'step', 'epoch', ...names, 'seconds'];
  const lines = members.flatMap(({ history, stepsInEpoch }, index) => {
    const seconds = elapsed(history);
    return history.epochs.map((record, at) => {
      const numbers = valuesOf(record).map(({ value }) => cell(value));
      const place = [...(isEnsemble ? [index + 1] : []), record.epoch * stepsInEpoch, record.epoch];
      return [...place, ...numbers, cell(seconds[at] ?? NaN)].join(',');
    });
  });
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

/**
 * The same curves as the bytes of an event file. The curves of each network of an ensemble have a group of their own.
 *
 * @param startedAt - when the training began, in seconds since 1970
 */
export function eventsOf(members: readonly MemberCurves[], startedAt: number): Uint8Array {
  const events = members.flatMap(({ history, stepsInEpoch }, index) => {
    const group = members.length > 1 ? `network ${index + 1}/` : '';
    const seconds = elapsed(history);
    return history.epochs.map((record, at) => ({
      wallTime: startedAt + (seconds[at] ?? 0),
      step: record.epoch * stepsInEpoch,
      scalars: new Map(valuesOf(record).map(({ tag, value }) => [`${group}${tag}`, value])),
    }));
  });
  return eventFile(events, startedAt);
}

/** Seconds from the start to the end of each epoch. */
function elapsed({ epochs }: History): number[] {
  let sum = 0;
  return epochs.map(({ seconds }) => (sum += seconds));
}

function cell(value: number): string {
  return Number.isFinite(value) ? String(value) : '';
}
