/** What a training leaves in its folder beside the model, made of all that is known at its end. */
import { grouped } from '@vinculum/report';
import { describeHistory, type ReportRecord } from '@vinculum/report/page';
import { preparationNotes, type DataNote } from 'vinculum';
import type { SettingsInForce } from '../../command-line/definition.ts';
import type { Json, Settings } from '../../command-line/settings.ts';
import type { Computing } from '../../compute.ts';
import type { Host } from '../../host.ts';
import { countRows, pickRows } from '../../labelled-rows.ts';
import type { Tell } from '../../messages.ts';
import { evenRows, type RowParts } from '../../report/data.ts';
import { reportRecord } from '../../report/record.ts';
import { runFacts } from '../../report/run.ts';
import { eventsOf, metricsCsv, type MemberCurves } from '../../run-folder/curves.ts';
import { sha256 } from '../../run-folder/data-file.ts';
import { RUN_FILES } from '../../run-folder/files.ts';
import { nameOfRun, writeRunFiles } from '../../run-folder/folder.ts';
import { gitCommit } from '../../run-folder/git-commit.ts';
import { describeMachine } from '../../run-folder/machine.ts';
import { predictionsCsv } from '../../run-folder/predictions-csv.ts';
import { RUN_SCHEMA, type MetricsRecord, type RunDocument } from '../../run-folder/run-document.ts';
import { metricsDocument, type Score } from '../../score.ts';
import type { JudgedTraining } from './judge.ts';
import type { CommandPlan } from './plan.ts';
import { rowCounts, type TrainingData } from './rows.ts';

/** What was asked for, as settings. */
export interface RunSettings {
  /** Those in force, with those of the preset. */
  readonly settings: Settings;
  readonly inForce: SettingsInForce;
}

/** A training at its end. */
export interface FinishedTraining extends JudgedTraining, RunSettings {
  readonly plan: CommandPlan;
  readonly compute: Computing;
  /** When the command began, by the clock of the host. */
  readonly began: number;
}

/** Writes the files, and returns the record of the report if there is one. @throws {CommandFailure} exit 1 when one of them cannot be written */
export async function leaveRun(
  run: FinishedTraining,
  host: Host,
  tell: Tell,
): Promise<ReportRecord | undefined> {
  const { rows, trained, saved, rowsInEpoch, trainingBegan } = run;
  const curves = trained.histories.map((history): MemberCurves => {
    const length = rowsInEpoch.get(history) ?? rows.division.training.length;
    return { history, stepsInEpoch: Math.ceil(length / trained.batchSize) };
  });
  const startedAt = trainingBegan.getTime() / 1000;
  const { test } = rows;
  const document = await documentOf(run, host);
  const report = run.plan.noReport ? undefined : recordOf(run, document, curves);
  await writeRunFiles(
    run.folder,
    {
      document,
      metrics: metricsCsv(curves),
      predictions:
        test === undefined || countRows(test) === 0 ? undefined : predictionsCsv(saved.open, test),
      report,
      events: run.plan.tensorboard ? { bytes: eventsOf(curves, startedAt), startedAt } : undefined,
    },
    tell,
  );
  return report;
}

/** The record of the report. Its rows are those of the first network; those of an ensemble all learn from the known rows together. */
function recordOf(
  { rows, trained, saved, folder }: FinishedTraining,
  document: Omit<RunDocument, 'card'>,
  curves: readonly MemberCurves[],
): ReportRecord {
  const { division, sized } = rows;
  const { parts, notes } = reportedRows(rows, curves.length > 1);
  return reportRecord({
    run: runFacts(nameOfRun(folder), document, saved.bytes.length),
    open: saved.open,
    parts,
    counts: document.rows,
    roles: rows.roles,
    notes: [...document.notes, ...notes],
    warnings: rows.warnings,
    training: {
      histories: curves.map(({ history, stepsInEpoch }) => describeHistory(history, stepsInEpoch)),
      ...(division.validation.length === 0 ? {} : { watched: sized.stopping.monitor }),
      epochs: sized.epochs,
      batchSize: trained.batchSize,
      seconds: trained.seconds,
    },
    of: 'held-out rows',
  });
}

/** Rows of each part that a report looks at; more would take long, and would hardly change a figure. */
const MOST_REPORTED = 50_000;

/** The rows that the report looks at, and what it must say of them. */
function reportedRows(
  { known, test, division }: TrainingData,
  isEnsemble: boolean,
): { readonly parts: RowParts; readonly notes: readonly DataNote[] } {
  const learned = isEnsemble
    ? evenRows(countRows(known), MOST_REPORTED)
    : someOf(division.training);
  const all = isEnsemble ? countRows(known) : division.training.length;
  const watched = isEnsemble ? new Uint32Array() : someOf(division.validation);
  const held = test === undefined ? 0 : countRows(test);
  const tested = Math.min(held, MOST_REPORTED);
  return {
    parts: {
      train: learned.length === countRows(known) ? known : pickRows(known, learned),
      ...(watched.length === 0 ? {} : { validation: pickRows(known, watched) }),
      ...(test === undefined
        ? {}
        : { test: tested === held ? test : pickRows(test, evenRows(held, MOST_REPORTED)) }),
    },
    notes: [
      ...sampledNote(learned.length, all, 'rows that were learned from'),
      ...sampledNote(
        tested,
        held,
        'held-out rows, so its figures differ a little from those of the run',
      ),
    ],
  };
}

/** What a report must say if it does not look at all rows. */
function sampledNote(looked: number, all: number, which: string): DataNote[] {
  if (looked === all) return [];
  const message = `the report looks at ${grouped(looked)} of ${grouped(all)} ${which}`;
  return [{ code: 'sampled-rows', count: looked, message }];
}

/** At most as many of the rows as a report looks at. */
function someOf(rows: Uint32Array): Uint32Array {
  if (rows.length <= MOST_REPORTED) return rows;
  return evenRows(rows.length, MOST_REPORTED).map((place) => rows[place] ?? 0);
}

async function documentOf(run: FinishedTraining, host: Host): Promise<Omit<RunDocument, 'card'>> {
  const { rows, trained, test, validation, baseline, compute, settings, inForce } = run;
  const commit = await gitCommit('.');
  const { user, system } = process.cpuUsage();
  return {
    schema: RUN_SCHEMA,
    finished: host.date().toISOString(),
    command: inForce.commandLine(),
    reproduce: inForce.commandLine(pinned(settings, compute)),
    task: rows.task,
    targets: rows.known.targets.map(({ name }) => name),
    ...(rows.task === 'classification' ? { classes: rows.classes } : {}),
    data: run.data,
    ...(run.testData === undefined ? {} : { testData: run.testData }),
    rows: rowCounts(rows),
    metrics: {
      ...(validation === undefined ? {} : { validation: metricsOf(validation) }),
      ...(test === undefined ? {} : { test: metricsOf(test) }),
      ...(baseline === undefined ? {} : { baseline: baseline.metrics }),
    },
    ...(baseline === undefined ? {} : { baseline: baseline.says }),
    networks: trained.histories.map(({ epochs, bestEpoch, stoppedBy }) => {
      return { epochs: epochs.length, bestEpoch, stoppedBy };
    }),
    batchSize: trained.batchSize,
    parameters: trained.networks.reduce((sum, net) => sum + net.parameterCount, 0),
    time: {
      wall: (host.now() - run.began) / 1000,
      training: trained.seconds,
      processors: (user + system) / 1e6,
    },
    peakMemory: process.resourceUsage().maxRSS * 1024,
    notes: preparationNotes(trained.preparation),
    warnings: run.warnings,
    config: JSON.parse(inForce.textOf(settings)) as Readonly<Record<string, Json>>,
    seed: run.plan.seed,
    machine: describeMachine(compute),
    ...(commit === undefined ? {} : { git: { commit } }),
    model: { file: RUN_FILES.model, sha256: sha256(run.saved.bytes) },
  };
}

/** The settings that decide the bits of the model, and that a later version or another environment might choose differently. */
function pinned(settings: Settings, { backend, numerics }: Computing): Settings {
  const named = ['preset', 'seed'].flatMap((name): [string, Json][] => {
    const value = settings.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  // All other backends have the same bits.
  const reference: [string, Json][] = backend === 'reference' ? [['backend', backend]] : [];
  return new Map([...named, ...reference, ['numerics', numerics]]);
}

function metricsOf(score: Score): MetricsRecord {
  return metricsDocument(score) as MetricsRecord;
}
