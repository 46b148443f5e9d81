/**
 * Numbers as the report prints them. Every figure of the page goes through this file, so the same number has the same digits
 * wherever it is shown.
 */
import { significant } from '../numbers.ts';
import type { Figure } from '../record/figure.ts';

/** What is printed for a figure that does not exist. */
const NONE = '–';

/** Figures that are shares between 0 and 1, or measured on such a scale. */
const SHARES = new Set([
  'accuracy',
  'subsetAccuracy',
  'balancedAccuracy',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'rocAuc',
  'averagePrecision',
  'r2',
  'mcc',
  'cohenKappa',
  'brier',
  'logLoss',
  'weightedPrecision',
  'weightedRecall',
  'weightedF1',
  'top3Accuracy',
  'top5Accuracy',
]);

/** Names of figures that are not just their words. */
const TITLES: Readonly<Record<string, string>> = {
  r2: 'R²',
  mae: 'Mean absolute error',
  rmse: 'Root mean squared error',
  mse: 'Mean squared error',
  mape: 'Mean absolute percentage error',
  medianAbsoluteError: 'Median absolute error',
  mcc: 'Matthews correlation',
  cohenKappa: 'Cohen κ',
  rocAuc: 'ROC AUC',
  averagePrecision: 'Average precision',
  logLoss: 'Log loss',
  brier: 'Brier score',
  macroF1: 'F1, macro mean',
  macroPrecision: 'Precision, macro mean',
  macroRecall: 'Recall, macro mean',
  weightedF1: 'F1, weighted mean',
  weightedPrecision: 'Precision, weighted mean',
  weightedRecall: 'Recall, weighted mean',
  top3Accuracy: 'Among the first 3',
  top5Accuracy: 'Among the first 5',
};

/** The name of a figure for people: `balancedAccuracy` → `Balanced accuracy`. */
export function titleOf(name: string): string {
  const words = name.replaceAll(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase();
  return TITLES[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** A score by its name: three decimals for shares, four digits for the others. */
export function score(name: string, value: Figure | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (name === 'mape') return percent(value);
  return SHARES.has(name) ? fixed(value, 3) : amount(value);
}

/** A share as a percentage: 0.9778 → `97.8 %`. */
export function percent(value: Figure | undefined, decimals = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return `${fixed(100 * value, decimals)}\u00a0%`;
}

/** A share or probability with a fixed number of decimals. */
export function fixed(value: Figure | undefined, decimals = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? text.replace('-', '') : text);
}

/** A quantity in the unit of the data, with four digits: 13270.42 → `13,270`, 0.012345 → `0.01235`. */
export function amount(value: Figure | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const distance = Math.abs(value);
  if (distance >= 1e9 || (distance !== 0 && distance < 1e-4))
    return minus(significant(value, digits));
  if (distance < 10 ** (digits - 1)) return minus(String(Number(value.toPrecision(digits))));
  return minus(Math.round(value).toLocaleString('en'));
}

/** A value of a column, which may be a year: four digits have no comma. */
export function cell(value: number): string {
  const isShort = Number.isInteger(value) && Math.abs(value) < 10_000;
  return isShort ? minus(String(value)) : amount(value, 5);
}

/** A whole number, grouped; a sum of weights keeps two decimals. */
export function count(value: Figure | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return minus(value.toLocaleString('en', { maximumFractionDigits: 2 }));
}

/** A number with its sign. */
export function signed(value: number, decimals = 3): string {
  return value > 0 ? `+${fixed(value, decimals)}` : fixed(value, decimals);
}

/** `12.3 KB`, `4.5 MB`, in thousands of bytes. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${amount(bytes / 1000 ** power, 3)} ${units[power - 1] ?? ''}`;
}

/** `2026-03-04 15:06 UTC` of a time in ISO 8601. */
export function moment(iso: string): string {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(iso) ?? [];
  return date === undefined ? iso : `${date} ${time ?? ''} UTC`;
}

/** A date of a table: milliseconds since 1970-01-01 as `2026-03-04`. */
export function day(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? NONE : date.toISOString().slice(0, 10);
}

/** With a real minus sign, which is as wide as a digit. */
function minus(text: string): string {
  return text.startsWith('-') ? `\u2212${text.slice(1)}` : text;
}
