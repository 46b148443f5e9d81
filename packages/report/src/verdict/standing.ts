/**
 * How good a model is beside its baselines: the one figure that the verdict is about, its interval, and the same figure of a guess
 * and of a linear model. Everything that judges a run reads it from here.
 */
import type {
  ClassFacts,
  EvaluationFacts,
  LabelFacts,
  NumberFacts,
} from '../record/evaluation-facts.ts';
import type { BaselineFigures, FigureIntervals, Figures, MetricName } from 'vinculum';

/** A figure of another model on the same rows. */
export interface Rival {
  readonly name: string;
  /** What it does, such as `always 'cat'`. */
  readonly says: string;
  readonly value: number;
}

export interface Standing {
  /** The name of the figure: `accuracy`, `balancedAccuracy`, `subsetAccuracy` or `mae`. */
  readonly name: MetricName;
  readonly better: 'up' | 'down';
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** The probability of the interval. */
  readonly level: number;
  readonly rows: number;
  readonly guess?: Rival;
  readonly linear?: Rival;
  /** Whether the figure is better than that of the guess by more than chance. */
  readonly beatsGuess: boolean;
  /** How the figure compares with that of the linear model; absent if there is none. */
  readonly beside?: 'better' | 'same' | 'worse';
  /** Whether its probabilities put rows in the right order, whatever the figure says; of classes alone. */
  readonly ranks: boolean;
}

/** A class with a larger share than this makes accuracy a poor figure, because a guess has it too. */
const LARGEST_SHARE = 0.75;

/** The standing of a model; undefined if the figure of the verdict does not exist. */
export function standingOf(evaluation: EvaluationFacts): Standing | undefined {
  switch (evaluation.kind) {
    case 'classes':
      return ofClasses(evaluation);
    case 'labels':
      return ofLabels(evaluation);
    case 'numbers':
      return ofNumbers(evaluation);
    default:
      return evaluation satisfies never;
  }
}

/** A figure by its name; undefined if it does not exist. */
export function figureOf(figures: Figures | undefined, name: MetricName): number | undefined {
  return figures?.[name] ?? undefined;
}

/** The share of the largest class among the rows. */
function largestShare({ measured }: ClassFacts): number {
  const all = measured.perClass.reduce((sum, { support }) => sum + support, 0);
  return Math.max(...measured.perClass.map(({ support }) => support)) / Math.max(all, 1);
}

function ofClasses(evaluation: ClassFacts): Standing | undefined {
  const { measured } = evaluation;
  const name = largestShare(evaluation) > LARGEST_SHARE ? 'balancedAccuracy' : 'accuracy';
  // A class without held-out rows has no area; the mean is that of the others.
  const area = measured.figures.rocAuc ?? measured.averages.macro.rocAuc ?? 0;
  const ranks = (measured.intervals.rocAuc?.low ?? area) > 0.5 && area > 0.6;
  return standing(name, 'up', { ...measured, ranks });
}

function ofLabels({ figures, rows }: LabelFacts): Standing | undefined {
  return standing('subsetAccuracy', 'up', {
    figures,
    rows,
    intervals: {},
    baselines: [],
    ranks: false,
    resampling: { level: 0.95 },
  });
}

/** Of several targets the first one. */
function ofNumbers({ targets }: NumberFacts): Standing | undefined {
  const measured = targets[0]?.measured;
  return measured && standing('mae', 'down', { ...measured, ranks: false });
}

interface Measured {
  readonly figures: Figures;
  readonly intervals: FigureIntervals;
  readonly resampling: { readonly level: number };
  readonly rows: number;
  readonly baselines: readonly BaselineFigures[];
  readonly ranks: boolean;
}

function standing(
  name: MetricName,
  better: 'up' | 'down',
  { figures, intervals, resampling, rows, baselines, ranks }: Measured,
): Standing | undefined {
  const value = figureOf(figures, name);
  if (value === undefined) return undefined;
  const bounds = intervals[name];
  const rivals = baselines.flatMap((one): Rival[] => {
    const own = figureOf(one.figures, name);
    return own === undefined ? [] : [{ name: one.name, says: one.says, value: own }];
  });
  const guess = rivals.find((one) => one.name !== 'linear');
  const linear = rivals.find((one) => one.name === 'linear');
  const [low, high] = [bounds?.low ?? value, bounds?.high ?? value];
  const sure = better === 'up' ? low : -high;
  const hopeful = better === 'up' ? high : -low;
  const signed = (rival: Rival): number => (better === 'up' ? rival.value : -rival.value);
  return {
    name,
    better,
    value,
    ...(bounds === undefined ? {} : { low: bounds.low, high: bounds.high }),
    level: resampling.level,
    rows,
    ...(guess === undefined ? {} : { guess }),
    ...(linear === undefined ? {} : { linear, beside: compared(sure, hopeful, signed(linear)) }),
    beatsGuess: guess === undefined || sure > signed(guess),
    ranks,
  };
}

function compared(sure: number, hopeful: number, rival: number): 'better' | 'same' | 'worse' {
  if (sure > rival) return 'better';
  return hopeful < rival ? 'worse' : 'same';
}
