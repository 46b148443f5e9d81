/** The course of the training: loss and metrics by epoch and step, the learning rate and the norm of the gradient. */
import type { Figure } from '../../record/figure.ts';
import type { EpochFacts, HistoryFacts, TrainingFacts } from '../../record/training-facts.ts';
import { domainOf } from '../charts/axes.ts';
import { lineChart, type Mark, type Point, type Series } from '../charts/line-chart.ts';
import { figure, type DataTable } from '../data-table.ts';
import { amount, count, score, titleOf } from '../figures.ts';
import { markup, type Insert, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';
import { duration } from '../../numbers.ts';

export const curvesSection: Section = {
  id: 'curves',
  title: 'Training',
  asks: 'Whether the training has come to rest, and whether it has begun to remember its rows.',
  render: ({ training }) => {
    const metrics = Object.keys(training.histories[0]?.epochs[0]?.metrics ?? {});
    if (training.histories.every(({ epochs }) => epochs.length === 0)) return undefined;
    return markup`<div class="stack">${courseOf(training)}<div class="grid">${curve(training, 'Loss', 'loss', (one) => one?.loss)}${metrics.map(
      (name) => curve(training, titleOf(name), name, (one) => one?.metrics[name]),
    )}${single(training, 'Learning rate', ({ learningRate }) => learningRate)}${single(training, 'Norm of the gradient', ({ gradientNorm }) => gradientNorm)}</div></div>`;
  },
};

const ENDS: Readonly<Record<HistoryFacts['stoppedBy'], string>> = {
  epochs: 'the epochs were over',
  converged: 'no smaller loss was found',
  'early-stopping': 'the validation rows got no better',
  schedule: 'the learning rate had become too small to go on',
  abort: 'it was stopped',
  callback: 'a callback stopped it',
};

function courseOf({ histories, batchSize, seconds, epochs }: TrainingFacts): Markup {
  const lengths = histories.map((one) => one.epochs.length);
  const [history] = histories;
  const several = histories.length > 1;
  const best = histories.map(({ bestEpoch }) => bestEpoch);
  return markup`<dl class="facts"><dt>Length</dt><dd>${
    several
      ? `${count(histories.length)} networks, ${range(lengths)} epochs each`
      : `${count(lengths[0] ?? 0)} epochs`
  } of at most ${count(epochs)}, ${duration(seconds)}</dd><dt>Best epoch</dt><dd>${range(best)}; the model has the weights of ${several ? 'these epochs' : 'this epoch'}</dd><dt>End</dt><dd>${
    several ? ends(histories) : ENDS[history?.stoppedBy ?? 'epochs']
  }</dd><dt>A step</dt><dd>${count(batchSize)} rows; ${count(history?.stepsPerEpoch ?? 0)} steps an epoch</dd></dl>`;
}

function ends(histories: readonly HistoryFacts[]): string {
  const counts = new Map<string, number>();
  for (const { stoppedBy } of histories) {
    counts.set(ENDS[stoppedBy], (counts.get(ENDS[stoppedBy]) ?? 0) + 1);
  }
  return [...counts].map(([why, times]) => `${why} (${count(times)} networks)`).join(', ');
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? count(low) : `${count(low)} to ${count(high)}`;
}

type Part = Pick<EpochFacts, 'loss' | 'metrics'>;

/** One quantity of the training rows and of the validation rows. */
function curve(
  training: TrainingFacts,
  title: string,
  name: string,
  read: (part: Part | undefined) => Figure | undefined,
): Markup | undefined {
  const { histories } = training;
  const thin = histories.length > 1;
  const seriesOf = (
    word: string,
    tone: Series['tone'],
    part: (epoch: EpochFacts) => Figure | undefined,
  ): Series[] =>
    histories.flatMap((history, at): Series[] => {
      const points = pointsOf(history, part, (value) => `${word} ${score(name, value)}`, at);
      return points.length === 0
        ? []
        : [{ tone, points, thin, ...(at === longest(histories) ? { name: word } : {}) }];
    });
  const series = [
    ...seriesOf('training', 'train', (epoch) => read(epoch)),
    ...seriesOf('validation', 'model', (epoch) => read(epoch.validation)),
  ];
  if (series.length === 0) return undefined;
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  const positive = name === 'loss' && values.every((value) => value > 0);
  const spread = Math.max(...values) / Math.min(...values);
  return figure({
    title,
    ...(thin ? { says: `A line for each of the ${count(histories.length)} networks.` } : {}),
    chart: lineChart({
      label: `${title} by epoch`,
      x: epochAxis(histories),
      y: {
        title:
          positive && spread > 30 ? `${title.toLowerCase()}, logarithmic` : title.toLowerCase(),
        domain: positive && spread > 30 ? domainOf(values) : domainOf(values),
        log: positive && spread > 30,
        nice: !(positive && spread > 30),
      },
      series,
      marks: bestMark(histories),
    }),
    table: epochTable(histories, title, name, read),
  });
}

function longest(histories: readonly HistoryFacts[]): number {
  return histories.reduce(
    (best, { epochs }, at) => (epochs.length > (histories[best]?.epochs.length ?? 0) ? at : best),
    0,
  );
}

function pointsOf(
  { epochs, stepsPerEpoch }: HistoryFacts,
  read: (epoch: EpochFacts) => Figure | undefined,
  text: (value: number) => string,
  at: number,
): Point[] {
  return epochs.flatMap((epoch): Point[] => {
    const value = read(epoch);
    if (value === null || value === undefined) return [];
    const place = `epoch ${epoch.epoch}, step ${count(epoch.epoch * stepsPerEpoch)}`;
    return [{ x: epoch.epoch, y: value, ...(at === 0 ? { tip: `${place}: ${text(value)}` } : {}) }];
  });
}

function epochAxis(histories: readonly HistoryFacts[]): {
  title: string;
  domain: [number, number];
} {
  const most = Math.max(...histories.map(({ epochs }) => epochs.length));
  const steps = histories[0]?.stepsPerEpoch ?? 1;
  return { title: `epoch, of ${count(steps)} steps`, domain: [most === 1 ? 0 : 1, most] };
}

function bestMark(histories: readonly HistoryFacts[]): Mark[] {
  const [history] = histories;
  if (history === undefined || histories.length > 1 || history.bestEpoch === 0) return [];
  return [{ x: history.bestEpoch, text: `best: ${count(history.bestEpoch)}` }];
}

/** The most rows of a table of epochs. */
const MOST_EPOCHS = 100;

function epochTable(
  histories: readonly HistoryFacts[],
  title: string,
  name: string,
  read: (part: Part | undefined) => Figure | undefined,
): DataTable {
  const all = histories.flatMap((history, member) =>
    history.epochs.map((epoch) => ({ epoch, member: member + 1, history })),
  );
  const every = Math.ceil(all.length / MOST_EPOCHS);
  const shown = all.filter((_, at) => at % every === every - 1 || at === 0);
  return {
    caption: `${title} by epoch${every > 1 ? `, every ${every}th` : ''}`,
    columns: [
      ...(histories.length > 1 ? [{ title: 'Network' }] : []),
      { title: 'Epoch', isNumber: true },
      { title: 'Step', isNumber: true },
      { title: 'Training', isNumber: true },
      { title: 'Validation', isNumber: true },
    ],
    rows: shown.map(({ epoch, member, history }): Insert[] => [
      ...(histories.length > 1 ? [count(member)] : []),
      count(epoch.epoch),
      count(epoch.epoch * history.stepsPerEpoch),
      score(name, read(epoch)),
      score(name, read(epoch.validation)),
    ]),
  };
}

/** A quantity of the steps themselves. */
function single(
  { histories }: TrainingFacts,
  title: string,
  read: (epoch: EpochFacts) => Figure,
): Markup | undefined {
  const thin = histories.length > 1;
  const series = histories.map((history, at): Series => ({
    tone: 'ink',
    thin,
    points: pointsOf(history, read, (value) => amount(value), at),
  }));
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  if (values.length === 0) return undefined;
  const [low, high] = domainOf(values);
  const log = low > 0 && high / low > 30;
  return figure({
    title,
    says:
      title === 'Learning rate'
        ? 'Of the last step of each epoch.'
        : 'Of the last step of each epoch, before clipping.',
    chart: lineChart({
      label: `${title} by epoch`,
      x: epochAxis(histories),
      y: {
        title: log ? 'logarithmic' : title.toLowerCase(),
        domain: log ? [low, high] : [0, high],
        log,
        nice: !log,
      },
      series,
      height: 220,
    }),
    table: {
      caption: `${title} by epoch`,
      columns: [
        { title: 'Epoch', isNumber: true },
        { title, isNumber: true },
      ],
      rows: (histories[0]?.epochs ?? [])
        .filter((_, at, all) => at % Math.ceil(all.length / MOST_EPOCHS) === 0)
        .map((epoch) => [count(epoch.epoch), amount(read(epoch))]),
    },
  });
}
