/** A comparison of runs as people read it: one line for each run, so that ten runs fit a terminal of 80 columns. */
import { clip, duration, grouped, metric, renderTable, type TableColumn } from '@vinculum/report';
import type { Json } from '../../command-line/settings.ts';
import { bestRuns, type Comparison, type NamedRun } from './comparison.ts';

/** A longer name is clipped. */
const NAME_WIDTH = 24;

/** A longer value of a setting is clipped. */
const VALUE_WIDTH = 20;

/** The tables; the best value of each metric has a star. */
export function comparisonText(
  runs: readonly NamedRun[],
  { metrics, settings }: Comparison,
  width: number,
): string {
  const key = { title: 'run' };
  const labels = runs.map(({ name }, place) => `${place + 1} ${clip(name, NAME_WIDTH)}`);
  const best = metrics.map((row) => new Set(bestRuns(row)));
  const scores = renderTable(
    [
      key,
      ...metrics.map(({ name }) => right(`${name} `)),
      right('networks'),
      right('parameters'),
      right('time'),
    ],
    runs.map(({ run }, place) => [
      labels[place] ?? '',
      ...metrics.map(({ values }, index) => {
        const value = values[place];
        const mark = best[index]?.has(place) === true ? '*' : ' ';
        return typeof value === 'number' ? `${metric(value)}${mark}` : '– ';
      }),
      String(run.networks.length),
      grouped(run.parameters),
      duration(run.time.wall),
    ]),
    width,
  );
  if (settings.length === 0) return `${scores}\n\n* best; the settings are the same`;
  const differences = renderTable(
    [key, ...settings.map(({ name }) => ({ title: name }))],
    runs.map((_, place) => [
      labels[place] ?? '',
      ...settings.map(({ values }) => clip(settingText(values[place] ?? null), VALUE_WIDTH)),
    ]),
    width,
  );
  return `${scores}\n\n* best\n\nsettings that differ:\n\n${differences}`;
}

/** A setting as the command line takes it. */
function settingText(value: Json): string {
  if (value === null) return '–';
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function right(title: string): TableColumn {
  return { title, align: 'right' };
}
