/** The record of a report about a model on rows with their truth. Of the training it knows only what the model file says. */
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { columnKinds, runNameOf, selectColumns } from '@vinculum/io';
import type { ReportRecord, RunFacts, TrainingFacts } from '@vinculum/report/page';
import { preparationNotes } from 'vinculum';
import { isRecord } from 'vinculum/internal';
import { chooseCompute, type Computing } from '../../compute.ts';
import { usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { countRows, type LabelledRows } from '../../labelled-rows.ts';
import type { Tell } from '../../messages.ts';
import { readAllLabelled } from '../../model-rows.ts';
import { openModel, type OpenModel } from '../../open-model.ts';
import { reportRecord } from '../../report/record.ts';
import { fileFacts } from '../../report/run.ts';
import { NO_ROLES } from '../../roles.ts';
import { shellWord } from '../../rendering/shell-word.ts';
import { identifyData, sha256 } from '../../run-folder/data-file.ts';
import { RUN_FILES } from '../../run-folder/files.ts';
import { nameOfRun } from '../../run-folder/folder.ts';
import { describeMachine } from '../../run-folder/machine.ts';
import type { ReportPlan } from './flags.ts';

/** A model, and rows with their truth. */
export interface ModelOnRows extends ReportPlan {
  readonly model: string;
  readonly data: string;
}

/** @throws {CommandFailure} exit 3 when the model or the rows cannot be read, exit 2 when the outputs have no known meaning */
export async function recordOfModel(
  plan: ModelOnRows,
  host: Host,
  tell: Tell,
): Promise<ReportRecord> {
  const began = host.now();
  const computing = chooseCompute({}, host);
  const open = await openModel(plan.model, { computing, data: plan.data, tell });
  if (open.task === 'numbers') {
    throw usageFailure(
      'the model is a bare network: its file does not say what its outputs mean, so there is nothing to report.',
      { hint: "save a Classifier or Regressor, or train with 'vinculum train'" },
    );
  }
  const test = withInputsOf(open, await readAllLabelled(plan.data, open, plan, host));
  if (open.roles.weight !== undefined) {
    tell(
      `column '${open.roles.weight}' weighed the training; in this report every row counts once`,
    );
  }
  const { model } = open;
  return reportRecord({
    run: { ...(await runOf(plan, open, computing, host)), seconds: (host.now() - began) / 1000 },
    open,
    parts: { test },
    counts: { train: 0, validation: 0, test: countRows(test) },
    roles: NO_ROLES,
    notes: model.kind === 'network' ? [] : preparationNotes(model.preparation),
    warnings: [],
    training: trainingOf(open),
    of: `rows of ${basename(plan.data)}`,
  });
}

/** The rows with the columns of the model alone, because DATA may have others. */
function withInputsOf({ model }: OpenModel, labelled: LabelledRows): LabelledRows {
  const { rows } = labelled;
  if (model.kind === 'network' || 'data' in rows || !model.preparation.named) return labelled;
  return { ...labelled, rows: selectColumns(rows, [...columnKinds(model.preparation).keys()]) };
}

async function runOf(
  { model: path, data }: ModelOnRows,
  open: OpenModel,
  computing: Computing,
  host: Host,
): Promise<Omit<RunFacts, 'seconds'>> {
  const { system, processor, processors, vinculum, node, backend, numerics } =
    describeMachine(computing);
  const bytes = await readFile(path);
  const { model, task } = open;
  return {
    name: basename(path) === RUN_FILES.model ? nameOfRun(dirname(path)) : runNameOf(path),
    task: task === 'numbers' ? 'regression' : task,
    targets: open.targets,
    classes: open.classes.map(String),
    finished: host.date().toISOString(),
    command: `vinculum report ${shellWord(path)} ${shellWord(data)}`,
    settings: {},
    seed: model.kind === 'network' ? 0 : model.plan.seed,
    backend,
    numerics,
    versions: { vinculum, node },
    machine: { system, processor, processors },
    files: [
      ...fileFacts('data', await identifyData(data)),
      { role: 'model', path, bytes: bytes.length, sha256: sha256(bytes) },
    ],
  };
}

/** What the file says of the training. It holds no curves. */
function trainingOf({ model, metadata }: OpenModel): TrainingFacts {
  const text = metadata.get('training');
  const parsed: unknown = text === undefined ? undefined : JSON.parse(text);
  const batchSize = isRecord(parsed) ? parsed['batchSize'] : undefined;
  return {
    histories: [],
    epochs: model.kind === 'network' ? 0 : model.plan.epochs,
    batchSize: typeof batchSize === 'number' ? batchSize : 0,
    seconds: 0,
  };
}
