/** What runs have in common and what not: their metrics, their settings, and whether their scores are of the same rows. */
import { jsonText } from '@vinculum/report';
import type { Json } from '../../command-line/settings.ts';
import type { RunDocument } from '../../run-folder/run-document.ts';
import { isMoreBetter, metricsIn } from '../../run-folder/run-score.ts';

/** A run with its place. */
export interface NamedRun {
  readonly name: string;
  readonly folder: string;
  readonly run: RunDocument;
}

/** A metric of all runs; null for a run without it. */
export interface MetricRow {
  readonly name: string;
  readonly moreIsBetter: boolean;
  readonly values: readonly (number | null)[];
}

/** A setting of all runs; null for a run that does not have it. */
export interface SettingRow {
  readonly name: string;
  readonly values: readonly Json[];
}

export interface Comparison {
  readonly metrics: readonly MetricRow[];
  /** Only those in which the runs differ. */
  readonly settings: readonly SettingRow[];
  /** Why the scores cannot be compared, as sentences. */
  readonly caveats: readonly string[];
}

/** Settings that say where results go, and not what they are. */
const OF_THE_OUTPUT = ['output', 'tensorboard', 'noReport', 'threads', 'backend'];

/** Compares runs. */
export function compareRuns(runs: readonly NamedRun[]): Comparison {
  const tests = runs.map(({ run }) => metricsIn(run.metrics.test));
  const names = [...new Set(tests.flatMap((values) => [...values.keys()]))];
  return {
    metrics: names.map((name) => ({
      name,
      moreIsBetter: isMoreBetter(name),
      values: tests.map((values) => finiteOrNull(values.get(name))),
    })),
    settings: differingSettings(runs),
    caveats: caveatsOf(runs),
  };
}

/** The places of the runs with the best value of a metric. */
export function bestRuns({ values, moreIsBetter }: MetricRow): number[] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [];
  const best = moreIsBetter ? Math.max(...known) : Math.min(...known);
  return values.flatMap((value, place) => (value === best ? [place] : []));
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function differingSettings(runs: readonly NamedRun[]): SettingRow[] {
  const names = [...new Set(runs.flatMap(({ run }) => Object.keys(run.config)))];
  return names
    .filter((name) => !OF_THE_OUTPUT.includes(name))
    .map((name) => ({ name, values: runs.map(({ run }) => run.config[name] ?? null) }))
    .filter(({ values }) => new Set(values.map(jsonText)).size > 1);
}

/** What must be the same in all runs, so that their scores are of the same rows. */
const COMPARABLE: readonly (readonly [what: string, of: (run: RunDocument) => unknown])[] = [
  ['task', ({ task }) => task],
  ['target', ({ targets }) => targets],
  ['data', ({ data }) => data.sha256 ?? data.file],
  ['test table', ({ testData }) => testData?.sha256 ?? testData?.file],
  ['number of held-out rows', ({ rows }) => rows.test],
];

function caveatsOf(runs: readonly NamedRun[]): string[] {
  const caveats = COMPARABLE.filter(([, of]) => differ(runs, of)).map(
    ([what]) => `the runs differ in the ${what}, so their scores cannot be compared`,
  );
  // The seed also draws the rows that are held out, unless a table of test rows was given.
  const bySeed = differ(runs, ({ seed, testData }) => (testData === undefined ? seed : 0));
  return bySeed && caveats.length === 0
    ? ['the runs have different seeds, so other rows are held out; small differences are chance']
    : caveats;
}

function differ(runs: readonly NamedRun[], of: (run: RunDocument) => unknown): boolean {
  return new Set(runs.map(({ run }) => jsonText(of(run) ?? null))).size > 1;
}
