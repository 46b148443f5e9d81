/**
 * Records of runs whose fault is known, because it was planted: small networks that are really trained on made-up rows, in a few
 * hundredths of a second each.
 */
import {
  Classifier,
  describeTable,
  evaluateClasses,
  evaluateNumbers,
  permutationImportance,
  Regressor,
  tableFromRows,
  type ClassifierOptions,
  type FittedClassifier,
  type FittedRegressor,
  type RowRecord,
  type Table,
} from 'vinculum';
import { rowKeys } from 'vinculum/internal';
import { describeColumns } from '../src/facts/column-facts.ts';
import { describeHistory } from '../src/facts/history-facts.ts';
import { describeInternals } from '../src/facts/internals-facts.ts';
import { describeNetworks } from '../src/facts/network-facts.ts';
import type { EvaluationFacts } from '../src/record/evaluation-facts.ts';
import type { ImportanceFacts } from '../src/record/insight-facts.ts';
import type { ReportRecord } from '../src/record/report-record.ts';

/** Numbers in [0, 1) that are the same in every run; Math.random would make a test that fails by chance. */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Rows of the planted columns with their targets; every row has all columns. */
export interface Planted<Target> {
  readonly rows: readonly RowRecord[];
  readonly targets: readonly Target[];
  /** Rows that are held out, from the end. */
  readonly held: number;
  readonly options?: Pick<ClassifierOptions, 'maxIter' | 'learningRateInit'>;
}

/** A run of a classifier, from its rows to its record. */
export async function classRecord(planted: Planted<string>): Promise<ReportRecord> {
  const { train, test, learned, known } = divided(planted);
  const model = await new Classifier(planted.options).fit([...train], [...learned]);
  const { classes } = model;
  const indices = (labels: readonly string[]): number[] =>
    labels.map((label) => classes.indexOf(label));
  const trainingCounts = classes.map((one) => learned.filter((label) => label === one).length);
  const measured = evaluateClasses({
    targets: indices(known),
    probabilities: model.predictProbabilities([...test]).data,
    classes,
    trainingCounts,
    resamples: 200,
  });
  const own = evaluateClasses({
    targets: indices(learned),
    probabilities: model.predictProbabilities([...train]).data,
    classes,
    resamples: 0,
  });
  return recordOf(planted, model, classes, {
    evaluation: { kind: 'classes', of: 'held-out rows', measured, learned: own.figures },
    importance: { measured: permutationImportance(model, [...test], [...known], { repeats: 3 }) },
  });
}

/** A run of a regressor. */
export async function numberRecord(planted: Planted<number>): Promise<ReportRecord> {
  const { train, test, learned, known } = divided(planted);
  const model = await new Regressor(planted.options).fit([...train], [...learned]);
  const predictions = model.predict([...test]);
  const measured = evaluateNumbers({
    targets: known,
    predictions,
    trainingMean: learned.reduce((sum, value) => sum + value / learned.length, 0),
    resamples: 200,
  });
  const own = evaluateNumbers({
    targets: learned,
    predictions: model.predict([...train]),
    resamples: 0,
  });
  const pairs = known.map((actual, row) => [actual, predictions[row] ?? NaN] as const);
  return recordOf(planted, model, [], {
    evaluation: {
      kind: 'numbers',
      of: 'held-out rows',
      targets: [{ name: 'y', measured, learned: own.figures, pairs }],
    },
    importance: { measured: permutationImportance(model, [...test], [...known], { repeats: 3 }) },
  });
}

function divided<Target>({ rows, targets, held }: Planted<Target>): {
  readonly train: readonly RowRecord[];
  readonly test: readonly RowRecord[];
  readonly learned: readonly Target[];
  readonly known: readonly Target[];
} {
  const end = rows.length - held;
  return {
    train: rows.slice(0, end),
    test: rows.slice(end),
    learned: targets.slice(0, end),
    known: targets.slice(end),
  };
}

/** What is the same for both tasks. */
function recordOf(
  planted: Planted<string | number>,
  model: FittedClassifier<string> | FittedRegressor,
  classes: readonly string[],
  judged: { readonly evaluation: EvaluationFacts; readonly importance: ImportanceFacts },
): ReportRecord {
  const { rows, targets } = planted;
  const { train, test } = divided(planted);
  const whole = (some: readonly RowRecord[], from: number): Table =>
    tableFromRows(some.map((row, at) => ({ ...row, y: targets[from + at] ?? null })));
  const tables = { train: whole(train, 0), test: whole(test, train.length) };
  const keys = new Set(rowKeys(tableFromRows([...train])));
  const { plan } = model;
  return {
    schema: 'vinculum.report/1',
    run: {
      name: 'planted',
      task: classes.length === 0 ? 'regression' : 'classification',
      targets: ['y'],
      classes,
      finished: '2026-01-02T03:04:05.000Z',
      command: 'vinculum train planted.csv -t y',
      settings: { seed: 0 },
      seed: 0,
      backend: 'wasm',
      numerics: 'portable',
      versions: { vinculum: '0.1.0' },
      machine: { system: 'Linux', processor: 'test', processors: 1 },
      seconds: 1,
      files: [],
    },
    data: {
      rows: { train: train.length, validation: 0, test: test.length },
      columns: describeColumns(tables, (name) => ({
        role: name === 'y' ? 'target' : 'input',
        use: '',
      })),
      duplicates: {
        repeated: 0,
        acrossSplit: rowKeys(tableFromRows([...test])).filter((key) => keys.has(key)).length,
      },
      notes: [],
      warnings: describeTable(whole(rows, 0), { target: 'y' }).warnings,
    },
    model: {
      ...describeNetworks([model.network], { loss: plan.loss, optimizer: plan.optimizer }),
      loss: plan.loss.kind,
      optimizer: plan.optimizer.kind,
      regularisation: [],
      preparation: [],
    },
    training: {
      histories: [describeHistory(model.history, 4)],
      epochs: plan.epochs,
      batchSize: 32,
      seconds: 1,
    },
    ...judged,
    internals: describeInternals(model.network),
    worstRows: [],
  };
}
