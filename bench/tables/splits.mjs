/**
 * The rows of a table for training and for testing. They are written to two files, so that every method reads the same rows, and
 * they depend on the table, the target and the seed only. A small reader of CSV of its own finds the cells here, because a fault in
 * the reader of vinculum must not change the rows of its peers.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The share of the rows that is for testing. */
const TEST_SHARE = 0.2;
/** A numeric target is divided into groups of so many rows with neighbouring values; a fifth of each group is for testing. */
const GROUP = 10;
/** What means that a row has no target. */
const MISSING = new Set(['', '?', 'na', 'n/a', 'nan', 'null', 'none']);

/**
 * @typedef {object} Table
 * @property {string} name
 * @property {string} target
 * @property {'binary' | 'multiclass' | 'regression'} task
 * @property {string} file
 * @property {number} rows
 *
 * @typedef {object} Split
 * @property {string} train - the path of the file
 * @property {string} test
 * @property {string[]} trainTargets
 * @property {string[]} testTargets
 */

/**
 * The tables of a folder, smallest first.
 *
 * @param {string} folder - with INDEX.tsv and NAME.csv or NAME.csv.gz for each table
 * @returns {Table[]}
 */
export function readIndex(folder) {
  const [head = '', ...lines] = readFileSync(join(folder, 'INDEX.tsv'), 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const names = head.split('\t');
  const tables = lines.map((line) => {
    const cells = Object.fromEntries(line.split('\t').map((cell, i) => [names[i], cell]));
    const plain = join(folder, `${cells.name}.csv`);
    const file = existsSync(plain) ? plain : `${plain}.gz`;
    return /** @type {Table} */ ({ ...cells, file, rows: Number(cells.rows) });
  });
  return tables.toSorted((a, b) => a.rows - b.rows);
}

/**
 * The records of a CSV text: for each its text without the line's end, and its cells. A quoted cell may hold commas, doubled quotes
 * and line ends.
 *
 * @param {string} text
 * @returns {{ text: string, cells: string[] }[]}
 */
export function recordsOf(text) {
  /** @type {{ text: string, cells: string[] }[]} */
  const records = [];
  let [start, cells, cell, quoted] = [0, /** @type {string[]} */ ([]), '', false];
  const end = (/** @type {number} */ at) => {
    const record = text.slice(start, at).replace(/\r$/, '');
    cells.push(cell.replace(/\r$/, ''));
    if (record !== '') records.push({ text: record, cells });
    [start, cells, cell] = [at + 1, [], ''];
  };
  for (let i = 0; i < text.length; i++) {
    const mark = text[i];
    if (quoted) {
      if (mark !== '"') cell += mark;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (mark === '"' && cell === '') quoted = true;
    else if (mark === ',') {
      cells.push(cell);
      cell = '';
    } else if (mark === '\n') end(i);
    else cell += mark;
  }
  if (start < text.length) end(text.length);
  return records;
}

/**
 * Which rows are for testing: a fifth of each class, or, for numbers, a fifth of each group of rows with neighbouring values. A class of one
 * or two rows is for training alone.
 *
 * @param {readonly string[]} targets - of the rows
 * @param {boolean} isNumeric
 * @param {number} seed
 * @returns {boolean[]}
 */
export function testRows(targets, isNumeric, seed) {
  const random = generator(seed);
  const isTest = targets.map(() => false);
  for (const rows of isNumeric ? groupsOf(targets) : classesOf(targets)) {
    const order = rows.toSorted((a, b) => a - b);
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [/** @type {number} */ (order[j]), /** @type {number} */ (order[i])];
    }
    for (const row of order.slice(0, Math.round(TEST_SHARE * order.length))) isTest[row] = true;
  }
  return isTest;
}

/**
 * Writes the two files of a split, unless they are there already.
 *
 * @param {Table} table
 * @param {number} seed
 * @param {string} folder
 * @returns {Split}
 */
export function writeSplit({ name, target, task, file }, seed, folder) {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const [head, ...all] = recordsOf(text.replace(/^\uFEFF/, ''));
  const column = head?.cells.findIndex((cell) => cell.trim() === target) ?? -1;
  if (head === undefined || column < 0) throw new Error(`${file} has no column '${target}'.`);
  const targetOf = (/** @type {{ cells: string[] }} */ { cells }) => (cells[column] ?? '').trim();
  const records = all.filter((record) => !MISSING.has(targetOf(record).toLowerCase()));
  const isTest = testRows(records.map(targetOf), task === 'regression', seed);
  mkdirSync(folder, { recursive: true });
  const write = (/** @type {string} */ part, /** @type {boolean} */ forTest) => {
    const path = join(folder, `${name}-${seed}-${part}.csv`);
    const rows = records.filter((_, i) => isTest[i] === forTest);
    const content = `${[head, ...rows].map((record) => record.text).join('\n')}\n`;
    if (!existsSync(path)) writeFileSync(path, content);
    return { path, targets: rows.map(targetOf) };
  };
  const [train, test] = [write('train', false), write('test', true)];
  return {
    train: train.path,
    test: test.path,
    trainTargets: train.targets,
    testTargets: test.targets,
  };
}

/** @param {readonly string[]} targets @returns {number[][]} the rows of each class, in the order of their first rows */
function classesOf(targets) {
  /** @type {Map<string, number[]>} */
  const classes = new Map();
  for (const [row, target] of targets.entries()) {
    const rows = classes.get(target);
    if (rows === undefined) classes.set(target, [row]);
    else rows.push(row);
  }
  return [...classes.values()];
}

/** @param {readonly string[]} targets @returns {number[][]} */
function groupsOf(targets) {
  const order = targets.map((_, row) => row);
  order.sort((a, b) => Number(targets[a]) - Number(targets[b]) || a - b);
  return order.flatMap((_, i) => (i % GROUP === 0 ? [order.slice(i, i + GROUP)] : []));
}

/** Mulberry32: numbers from 0 to below 1. @param {number} seed */
function generator(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}
