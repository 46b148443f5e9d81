/**
 * The one place where the kind of a column is decided from its cells of text, for every reader: numbers, dates, true or
 * false, or text. A decision that is not plain carries its reason. What was meant as a number and is none is an error with
 * row and column, never silently a category. See docs/decisions/0011-cells-are-read-strictly.md.
 */
import { show } from '../../words/messages.ts';
import type { Column, DateColumn, NumberColumn } from '../table.ts';
import { looksLikeCode, losesDigits, readTruth } from './cell-form.ts';
import { dateFormat, readDate, type DateFormat, type DateFormatName } from './date-formats.ts';
import { asText, type SourceRules } from './decimal-mark.ts';
import { titleOfDecoration } from './decorations.ts';
import type { DecimalMark } from './marks.ts';
import type { ColumnReading } from './reading.ts';
import { dateFormatsOf, isMeantAsNumbers, STRAY_SHARE, type Study } from './study.ts';

/** The reading of plain numbers in a file whose decimal mark is the comma. */
export const DECIMAL_COMMA: ColumnReading = {
  kind: 'number',
  code: 'decimal-comma',
  why: 'its cells are numbers with a decimal comma',
  decimal: ',',
};

/** The reading of integers of which float64 would lose digits, so that they stay text. */
export const LONG_INTEGERS: ColumnReading = {
  kind: 'text',
  code: 'long-integers',
  why: 'its integers are too long for float64, which would make different ones equal',
};

/** The reading of dates that can only be of one format. */
export function dateReading(format: DateFormatName, example: string): ColumnReading {
  const why = `its cells are dates as ${dateFormat(format).title}, such as ${show(example)}`;
  return { kind: 'date', code: 'date', why, format };
}

/** The column of a study. @throws {DataError} when a cell was meant as a number and is none */
export function decideColumn(study: Study, decimal: DecimalMark, rules: SourceRules): Column {
  const { cells, present, truths, numbers, misspelt } = study;
  const { name } = cells;
  if (present === 0) {
    return { name, kind: 'number', values: new Float64Array(cells.texts.length).fill(NaN) };
  }
  if (truths === present) return truthColumn(study);
  if (numbers < present) {
    const chosen = chooseFormat(study);
    if (chosen !== undefined) return dateColumn(study, chosen, rules);
  }
  if (isMeantAsNumbers(study)) {
    const unit = unitOf(study, rules);
    const text = unit === undefined ? undefined : whyText(study, rules);
    if (unit !== undefined && text === undefined) return numberColumn(study, decimal, unit, rules);
    if (text !== undefined) return textColumn(study, text, rules);
  }
  if (numbers + misspelt === 0) return textColumn(study, undefined, rules);
  if (misspelt === present) refuseMisspelt(study, rules);
  const why = `${numbers + misspelt} of ${present} cells look like numbers, and the others do not`;
  return textColumn(study, { kind: 'text', code: 'some-numbers', why }, rules);
}

/**
 * Cells that are all misspelt numbers are no column of text, unless points divide them, as in versions and addresses.
 *
 * @throws {DataError} for the first one that is neither
 */
function refuseMisspelt({ cells, found }: Study, rules: SourceRules): void {
  for (const [text, { form, row }] of found) {
    if (form.is !== 'misspelt' || /^\d+(?:\.\d+){2,}$/.test(text)) continue;
    throw rules.fault({ column: cells.name, row, text, rule: form.rule });
  }
}

/** Reasons to keep numbers as text: float64 would join different ones, or a typed source spells them like codes. */
function whyText(study: Study, rules: SourceRules): ColumnReading | undefined {
  const { numbers, lossy, found } = study;
  if (lossy > 0) {
    if (numbers - lossy < STRAY_SHARE * numbers) return LONG_INTEGERS;
    throw lossyFault(study, rules);
  }
  if (!rules.typed) return undefined;
  const code = [...found.keys()].find(looksLikeCode);
  if (code === undefined) return undefined;
  return { kind: 'text', code: 'codes', why: `it holds codes such as ${show(code)}` };
}

function lossyFault({ cells, found }: Study, rules: SourceRules): Error {
  const [text, { row }] = [...found].find(
    ([word, { form }]) => form.is === 'number' && losesDigits(word, form.number.values['.'] ?? 0),
  )!;
  const { name } = cells;
  return rules.fault({
    column: name,
    row,
    text,
    rule: `an integer that float64 holds exactly, from -9007199254740992 to 9007199254740992`,
    remedyInCode: ` If the column names things, read it with kinds: { ${JSON.stringify(name)}: 'text' }; with 'number' it is rounded.`,
  });
}

/**
 * The unit of the cells; empty for bare numbers. Bare numbers may stand beside prices; beside percents only 0 may, because
 * 0.5 may be half a percent or a half.
 *
 * @returns undefined if the words behind the numbers differ, so that the column is text
 */
function unitOf(study: Study, rules: SourceRules): string | undefined {
  const units = [...study.units.keys()].filter((unit) => unit !== '');
  const [unit = ''] = units.toSorted((a, b) => study.units.get(b)! - study.units.get(a)!);
  if (units.length > 1 && units.every(isMeasure)) return undefined;
  const foreign = [...study.found].find(([text, { form }]) => {
    if (form.is !== 'number' || form.number.unit === unit) return false;
    return form.number.unit !== '' || (unit === '%' && Number(text) !== 0);
  });
  if (foreign === undefined) return unit;
  const [text, { row }] = foreign;
  throw rules.fault({
    column: study.cells.name,
    row,
    text,
    rule: `a number in ${show(unit)} as the other cells`,
    choices: [asText(study.cells.name)],
  });
}

/** Whether a unit is one of measure, and no currency or percent sign. */
function isMeasure(unit: string): boolean {
  return /^[\p{L}µ°]/u.test(unit) && !/^[A-Z]{3}$/.test(unit);
}

function numberColumn(
  study: Study,
  decimal: DecimalMark,
  unit: string,
  rules: SourceRules,
): NumberColumn {
  const { name, texts } = study.cells;
  const values = new Map<string | null, number>([[null, NaN]]);
  let decorated: string | undefined;
  let inexact = decimal !== '.';
  for (const [text, { form, row }] of study.found) {
    if (form.is !== 'number') {
      const rule = form.is === 'misspelt' ? form.rule : 'a number';
      throw rules.fault({ column: name, row, text, rule, ...wordChoice(text, rule) });
    }
    const value = form.number.values[decimal];
    if (value === undefined) {
      const mark = decimal === '.' ? 'point' : 'comma';
      const other = decimal === '.' ? ',' : '.';
      throw rules.fault({
        column: name,
        row,
        text,
        rule: `a number with a decimal ${mark} and no other mark`,
        choices: [{ option: 'decimal', value: other, does: 'is the other decimal mark' }],
      });
    }
    values.set(text, value);
    if (form.number.decorated && !isDecimal(text, decimal)) decorated ??= text;
    inexact ||= String(value) !== text;
  }
  const numbers = Float64Array.from(texts, (text) => values.get(text) ?? NaN);
  const reading = readingOf(decorated, decimal, unit, rules);
  return {
    name,
    kind: 'number',
    values: numbers,
    ...(reading === undefined ? {} : { reading }),
    ...(inexact || rules.typed ? { spellings: spellingsOf(study) } : {}),
  };
}

/** A stray word may be another spelling of "missing". */
function wordChoice(text: string, rule: string): object {
  if (rule !== 'a number' || text.length > 12) return {};
  return {
    choices: [
      {
        option: 'missing',
        value: text,
        does: 'reads it as missing',
        inCode: `missing: ['', ${JSON.stringify(text)}]`,
      },
    ],
  };
}

function isDecimal(text: string, decimal: DecimalMark): boolean {
  return decimal === ',' && /^-?\d*,?\d+$/.test(text);
}

function readingOf(
  decorated: string | undefined,
  decimal: DecimalMark,
  unit: string,
  rules: SourceRules,
): ColumnReading | undefined {
  const kind = 'number';
  const marked = decimal === ',' ? { decimal } : {};
  const measured = unit === '' ? {} : { unit };
  if (decorated !== undefined) {
    const title = titleOfDecoration(decorated);
    const why = `its cells are numbers with ${title}, such as ${show(decorated)}`;
    return { kind, code: 'decorated-numbers', why, ...marked, ...measured };
  }
  if (rules.typed) return { kind, code: 'numbers-as-text', why: 'its texts are all numbers' };
  return decimal === ',' ? DECIMAL_COMMA : undefined;
}

/** The cells as their source spells them; null for an empty one. */
function spellingsOf({ cells }: Study): (string | null)[] {
  return cells.texts.map((text) => (text === '' ? null : text));
}

/** A text column; words that were read as missing stay in its spellings. */
function textColumn(study: Study, reading: ColumnReading | undefined, rules: SourceRules): Column {
  const { cells, missing } = study;
  const values = cells.texts.map((text) =>
    text === null || cells.missing.has(text) ? null : text,
  );
  const words = !rules.ownMissing && [...missing.keys()].some((word) => word !== '');
  return {
    name: cells.name,
    kind: 'text',
    values,
    ...(words ? { spellings: spellingsOf(study) } : {}),
    ...(reading === undefined ? {} : { reading }),
  };
}

function truthColumn(study: Study): Column {
  const { name, texts, missing } = study.cells;
  const values = texts.map((text) =>
    text === null || missing.has(text) ? null : (readTruth(text) ?? null),
  );
  const words = [...study.found.keys()];
  // In a column that writes one word in two ways, the spelling would make two classes of it.
  const oneWay = new Set(words.map((text) => text.toLowerCase())).size === words.length;
  const spelled = oneWay && words.some((text) => text !== 'true' && text !== 'false');
  return { name, kind: 'boolean', values, ...(spelled ? { spellings: spellingsOf(study) } : {}) };
}

/** A format of dates, and why it is that of a column. */
interface ChosenFormat {
  readonly format: DateFormat;
  readonly reading: ColumnReading;
}

/** The format of a column of dates; undefined if its cells are no dates. */
function chooseFormat(study: Study): ChosenFormat | undefined {
  const able = [...dateFormatsOf(study)].toSorted((a, b) => b[1] - a[1]);
  const [best, second] = able;
  if (best === undefined) return undefined;
  const example = study.found.keys().next().value ?? '';
  if (second === undefined || second[1] < best[1]) {
    return { format: best[0], reading: dateReading(best[0].name, example) };
  }
  // Both orders read every cell. Rows in order of time show theirs.
  const ordered = able.filter(([format]) => isAscending(study, format));
  const monthFirst = able.find(([{ name }]) => name === 'mdy') ?? best;
  const [chosen] = ordered.length === 1 ? ordered[0]! : monthFirst;
  const other = able.find(([format]) => format !== chosen)![0];
  const why = `its cells are taken for dates as ${chosen.title}, such as ${show(example)}, but every one could be ${other.title} too`;
  return { format: chosen, reading: { kind: 'date', code: 'ambiguous-date', why } };
}

function isAscending({ found }: Study, format: DateFormat): boolean {
  let before = -Infinity;
  for (const text of found.keys()) {
    const date = readDate(text, format);
    if (date === undefined) continue;
    if (date < before) return false;
    before = date;
  }
  return true;
}

function dateColumn(
  study: Study,
  { format, reading }: ChosenFormat,
  rules: SourceRules,
): DateColumn {
  const { name, texts } = study.cells;
  const dates = new Map<string | null, number>();
  for (const [text, { row }] of study.found) {
    const date = readDate(text, format);
    if (date === undefined) {
      throw rules.fault({ column: name, row, text, rule: `a date as ${format.title}` });
    }
    dates.set(text, date);
  }
  return {
    name,
    kind: 'date',
    values: Float64Array.from(texts, (text) => dates.get(text) ?? NaN),
    spellings: spellingsOf(study),
    reading: { ...reading, format: format.name },
  };
}
