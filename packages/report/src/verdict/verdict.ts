/**
 * The verdict: what a run has reached, in a headline and two or three sentences with the interval and the baselines. It is words alone, so the
 * command can print it too.
 */
import { amount, count, fixed, percent } from '../html/figures.ts';
import type { ReportRecord } from '../record/report-record.ts';
import { figureOf, standingOf, type Standing } from './standing.ts';
import { warningsOf } from './warnings.ts';

export interface Verdict {
  /** A few words, without a full stop. */
  readonly headline: string;
  /** Whole sentences. */
  readonly sentences: readonly string[];
}

/** Warnings that make the figure itself unbelievable. */
const DOUBTS = ['leak', 'repeated-across-split'];

/** The verdict on a run. */
export function verdictOf(record: ReportRecord): Verdict {
  const standing = record.evaluation && standingOf(record.evaluation);
  if (standing === undefined) {
    return {
      headline: 'Not judged yet',
      sentences: [
        'No row was held out, so nothing is known about rows that the model has not seen.',
      ],
    };
  }
  const doubtful = warningsOf(record).some(({ code }) => DOUBTS.includes(code));
  const headline = headlineOf(standing);
  return {
    headline: doubtful ? 'Too good to be believed yet' : headline,
    sentences: [
      ...(doubtful ? [`${headline}, but the first warning below says why that may not last.`] : []),
      intervalSentence(standing),
      ...varianceSentence(record),
      ...rivalSentence(standing),
    ],
  };
}

function headlineOf(standing: Standing): string {
  const { name, value, beatsGuess, ranks, rows } = standing;
  if (name === 'mae') {
    if (!beatsGuess) return 'No better than a guess';
    return `Off by ${amount(value, 3)} on average`;
  }
  if (!beatsGuess && !ranks) return 'No better than a guess';
  if (!beatsGuess) {
    return name === 'balancedAccuracy'
      ? 'It ranks rows well, but decides no better than a guess'
      : 'Perhaps better than a guess';
  }
  if (value === 1) return `Right for all ${count(rows)} rows that it has not seen`;
  if (name === 'balancedAccuracy') return `Right for ${percent(value)} of a class, on average`;
  if (name === 'subsetAccuracy') return `Every label right in ${percent(value)} of the rows`;
  return `Right for ${percent(value)} of rows that it has not seen`;
}

/** The value as it is said: shares as percentages, errors in the unit of the target. */
function said({ name }: Standing, value: number): string {
  return name === 'mae' ? amount(value) : percent(value);
}

const FIGURE_WORDS: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
  subsetAccuracy: 'share of rows without a wrong label',
  mae: 'mean absolute error',
};

function intervalSentence(standing: Standing): string {
  const { name, value, low, high, level, rows } = standing;
  const what = FIGURE_WORDS[name] ?? name;
  const on = `${count(rows)} held-out ${rows === 1 ? 'row' : 'rows'}`;
  if (value === 1 && name !== 'mae') {
    // Of n rows none is wrong; with a share p of wrong rows this has the probability (1 − p)ⁿ.
    const most = 1 - (1 - level) ** (1 / rows);
    return `None of ${on} is wrong; with so many rows, up to ${percent(most)} of other rows may still be (with a probability of ${percent(level, 0)}).`;
  }
  if (low === undefined || high === undefined) {
    return `The ${what} on ${on} is ${said(standing, value)}.`;
  }
  return `The ${what} on ${on} is ${said(standing, value)}; on other rows of the same kind it lies between ${said(standing, low)} and ${said(standing, high)} with a probability of ${percent(level, 0)}.`;
}

/** Of a regression: the share of the variance; of a rare class: how rows are ranked. */
function varianceSentence({ evaluation }: ReportRecord): string[] {
  if (evaluation?.kind === 'numbers') {
    const [target] = evaluation.targets;
    const r2 = figureOf(target?.measured.figures, 'r2');
    return r2 === undefined
      ? []
      : [`It explains ${percent(Math.max(0, r2), 0)} of the variance (R² ${fixed(r2)}).`];
  }
  if (evaluation?.kind !== 'classes') return [];
  const standing = standingOf(evaluation);
  const area = figureOf(evaluation.measured.figures, 'rocAuc');
  if (standing?.name !== 'balancedAccuracy' || area === undefined) return [];
  return [
    `One class is so frequent that the plain accuracy (${percent(figureOf(evaluation.measured.figures, 'accuracy'))}) says little; the area under the ROC curve is ${fixed(area)}.`,
  ];
}

function rivalSentence(standing: Standing): string[] {
  const { guess, linear } = standing;
  const parts = [
    ...(linear === undefined ? [] : [`a linear model reaches ${said(standing, linear.value)}`]),
    ...(guess === undefined ? [] : [`a guess (${guess.says}) ${said(standing, guess.value)}`]),
  ];
  if (parts.length === 0) return [];
  return [`On the same rows ${parts.join(', ')}: the network is ${comparison(standing)}.`];
}

const BESIDE_LINEAR = {
  better: 'better than a linear model',
  same: 'about as good as a linear model',
  worse: 'worse than a linear model',
} as const;

function comparison({ guess, beside, beatsGuess }: Standing): string {
  if (guess === undefined) return BESIDE_LINEAR[beside ?? 'same'];
  const guessed = beatsGuess ? 'clearly better than a guess' : 'not surely better than a guess';
  if (beside === undefined) return guessed;
  if (beside === 'better' && beatsGuess) return 'clearly better than both';
  return `${BESIDE_LINEAR[beside]} and ${guessed}`;
}
