/** What the figures of an evaluation say against a model. */
import { amount, count, fixed, percent } from '../html/figures.ts';
import type { ClassFacts } from '../record/evaluation-facts.ts';
import type { ReportRecord } from '../record/report-record.ts';
import { figureOf, standingOf } from './standing.ts';
import type { ReportWarning } from './warning.ts';

/** The section that has the plots of an evaluation. */
function plotsOf({ evaluation }: ReportRecord): string {
  return evaluation?.kind === 'numbers' ? 'regression' : 'classification';
}

/** Nothing was learned. */
export function noBetterThanGuess(record: ReportRecord): ReportWarning[] {
  const standing = record.evaluation && standingOf(record.evaluation);
  if (standing === undefined || standing.beatsGuess || standing.guess === undefined) return [];
  if (standing.ranks) return [];
  return [
    {
      code: 'nothing-learned',
      message: `The model is no better than a guess (${standing.guess.says}), so it has learned nothing that helps.`,
      remedy:
        'Look at whether the inputs can tell the answer at all; if they can, train longer, or with another learning rate.',
      section: plotsOf(record),
    },
  ];
}

/** With fewer rows held out a score is mostly chance. */
const FEWEST_ROWS = 30;

/** The widest interval of a share that still says something. */
const WIDEST = 0.2;

/** Too few rows to know how good the model is. */
export function fewRows(record: ReportRecord): ReportWarning[] {
  const standing = record.evaluation && standingOf(record.evaluation);
  if (standing === undefined) return [];
  const { rows, low, high, better } = standing;
  const width = low === undefined || high === undefined || better === 'down' ? 0 : high - low;
  if (rows >= FEWEST_ROWS && width <= WIDEST) return [];
  const message =
    rows < FEWEST_ROWS
      ? `Only ${count(rows)} rows are held out, so the score is mostly chance.`
      : `The ${count(rows)} held-out rows leave the score uncertain by ${percent(width, 0)} from end to end.`;
  return [
    {
      code: 'few-rows',
      message,
      remedy: 'Collect more rows, or hold out a larger share of them with --split.',
      section: plotsOf(record),
    },
  ];
}

/** A class with fewer held-out rows may be missed by chance. */
const SEEN_OFTEN = 3;

/** Classes that the model never names. */
export function neverPredicted({ evaluation }: ReportRecord): ReportWarning[] {
  if (evaluation?.kind !== 'classes') return [];
  const missed = evaluation.measured.perClass.filter(
    ({ predicted, support }) => predicted === 0 && support >= SEEN_OFTEN,
  );
  if (missed.length === 0) return [];
  const names = missed.map(({ label }) => `'${String(label)}'`);
  const rows = missed.reduce((sum, { support }) => sum + support, 0);
  return [
    {
      code: 'never-predicted',
      message: `${names.length === 1 ? 'The class' : 'The classes'} ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} never predicted, although ${count(rows)} held-out rows are of ${names.length === 1 ? 'it' : 'them'}.`,
      remedy: remedyOfRareClass(evaluation),
      section: 'classification',
    },
  ];
}

/** A class of which less is found than this is missed. */
const LEAST_RECALL = 0.5;

/** Rows of a class from which on its recall is more than chance. */
const ENOUGH_ROWS = 20;

/** Of two classes, the rarer one is found in fewer than half of its rows, although the model ranks the rows well. */
export function missedClass({ evaluation }: ReportRecord): ReportWarning[] {
  if (evaluation?.kind !== 'classes' || evaluation.measured.classes.length !== 2) return [];
  const standing = standingOf(evaluation);
  const rare = evaluation.measured.perClass.toSorted((a, b) => a.support - b.support)[0];
  if (
    rare === undefined ||
    rare.recall === null ||
    rare.predicted === 0 ||
    standing?.ranks !== true
  )
    return [];
  if (rare.recall >= LEAST_RECALL || rare.support < ENOUGH_ROWS) return [];
  return [
    {
      code: 'missed-class',
      message: `Only ${percent(rare.recall, 0)} of the rows of '${String(rare.label)}' are found, although the model ranks the rows well.`,
      remedy: remedyOfRareClass(evaluation),
      section: 'classification',
    },
  ];
}

function remedyOfRareClass({ measured }: ClassFacts): string {
  const best = measured.thresholds?.best.f1;
  const lower =
    best === undefined
      ? ''
      : ` Or call a row '${String(measured.classes[1])}' from a probability of ${fixed(best.threshold, 2)} on: see the threshold table.`;
  return `Train with --class-weight balanced, so that each class counts alike.${lower}`;
}

/** A score on training rows that is better by this much is memory. */
const LARGEST_GAP = 0.15;

/** Much better on the rows that were learned from than on others. */
export function overfitting(record: ReportRecord): ReportWarning[] {
  const found = gapOf(record);
  if (found === undefined || found.learned - found.held <= LARGEST_GAP) return [];
  return [
    {
      code: 'overfitting',
      message: `The model remembers its training rows: ${found.name} is ${fixed(found.learned)} on them and ${fixed(found.held)} on rows that it has not seen.`,
      remedy:
        'Get more rows, or make it harder to remember: --weight-decay, --dropout, fewer or narrower layers, or fewer columns.',
      section: 'curves',
    },
  ];
}

interface Gap {
  readonly name: string;
  readonly learned: number;
  readonly held: number;
}

function gap(name: string, learned?: number, held?: number): Gap | undefined {
  return learned === undefined || held === undefined ? undefined : { name, learned, held };
}

function gapOf({ evaluation }: ReportRecord): Gap | undefined {
  if (evaluation === undefined) return undefined;
  switch (evaluation.kind) {
    case 'classes': {
      const { learned, measured } = evaluation;
      const name = standingOf(evaluation)?.name ?? 'accuracy';
      const words = name === 'accuracy' ? 'the accuracy' : 'the balanced accuracy';
      return gap(words, figureOf(learned, name), figureOf(measured.figures, name));
    }
    case 'labels':
      return gap(
        'the share of rows without a wrong label',
        figureOf(evaluation.learned, 'subsetAccuracy'),
        figureOf(evaluation.figures, 'subsetAccuracy'),
      );
    case 'numbers': {
      const [target] = evaluation.targets;
      return gap('R²', figureOf(target?.learned, 'r2'), figureOf(target?.measured.figures, 'r2'));
    }
    default:
      return evaluation satisfies never;
  }
}

/** A larger error of the probabilities is worth a word. */
const LARGEST_ECE = 0.08;

/** Of few rows the error of calibration is large by chance. */
const CALIBRATION_ROWS = 200;

/** Probabilities that do not mean what they say. */
export function uncalibrated({ evaluation }: ReportRecord): ReportWarning[] {
  if (evaluation?.kind !== 'classes') return [];
  const { calibration, rows } = evaluation.measured;
  if (rows < CALIBRATION_ROWS || calibration.ece === null || calibration.ece < LARGEST_ECE)
    return [];
  return [
    {
      code: 'uncalibrated',
      message: `The probabilities are off by ${percent(calibration.ece)} on average.`,
      remedy: `Read them as an order and not as chances; dividing the logits by ${amount(calibration.temperature, 3)} would bring them nearer.`,
      section: 'calibration',
    },
  ];
}
