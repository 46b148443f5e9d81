/**
 * The results of the comparison on tables as Markdown: the methods over all tables, and each table by itself.
 */
import { meansOf, summarise, tablesOf } from './ranks.mjs';
import { mean } from './scores.mjs';

/**
 * @typedef {import('./results.mjs').Result} Result
 * @typedef {import('./methods.mjs').Method} Method
 */

/**
 * @param {readonly Result[]} results
 * @param {readonly Method[]} methods - in the order of the columns
 * @returns {string}
 */
export function reportOf(results, methods) {
  const means = meansOf(results);
  const present = methods.filter(({ name }) => results.some(({ method }) => method === name));
  const sections = summarised(means, present).map((group) => summaryOf(means, group));
  return [
    ...sections,
    tableOf(means, present, 'error', '1 − accuracy, or RMSE'),
    tableOf(means, present, 'loss', 'log-loss, or RMSE'),
    tableOf(means, present, 'auc', 'area under the ROC curve, tables of two classes'),
    tableOf(means, present, 'processor', 'seconds of all processors to fit'),
    faultsOf(results, present),
  ].join('\n\n');
}

/**
 * The groups of methods that are compared: those up to each stage, because the slow methods are not run on every table. A group is
 * left out if a larger one has the same tables.
 *
 * @param {ReturnType<typeof meansOf>} means
 * @param {readonly Method[]} methods
 */
function summarised(means, methods) {
  const stages = [...new Set(methods.map(({ stage }) => stage))].toSorted((a, b) => a - b);
  const groups = stages.map((last) => methods.filter(({ stage }) => stage <= last));
  const tables = groups.map(
    (group) =>
      tablesOf(
        means,
        group.map(({ name }) => name),
      ).length,
  );
  return groups.filter((_, i) => tables[i] !== 0 && tables[i] !== tables[i + 1]);
}

/** @param {ReturnType<typeof meansOf>} means @param {readonly Method[]} methods */
function summaryOf(means, methods) {
  const names = methods.map(({ name }) => name);
  const titles = new Map(methods.map(({ name, title }) => [name, title]));
  const head = [
    'method',
    'mean rank (log-loss, RMSE)',
    'mean rank (error)',
    'normalised (log-loss, RMSE)',
    'normalised (error)',
    'log-loss, RMSE against CatBoost',
    'error against CatBoost',
    'fit, s',
    'whole command, s',
    'fit, processor s',
    'predict, s',
    'memory, MB',
    'failures',
  ];
  const rows = summarise(means, names).map((summary) => [
    titles.get(summary.method) ?? summary.method,
    summary.lossRank.toFixed(2),
    summary.errorRank.toFixed(2),
    summary.normalisedLoss.toFixed(3),
    summary.normalisedError.toFixed(3),
    percent(summary.lossRatio),
    percent(summary.errorRatio),
    number(summary.fit),
    number(summary.wall),
    number(summary.processor),
    number(summary.predict),
    number(summary.memory / 1e6),
    String(summary.failures),
  ]);
  const tables = tablesOf(means, names);
  return [
    `#### ${methods.length} methods on ${tables.length} tables`,
    '',
    ...markdown(head, rows),
  ].join('\n');
}

/**
 * @param {ReturnType<typeof meansOf>} means
 * @param {readonly Method[]} methods
 * @param {'error' | 'loss' | 'auc' | 'processor'} key
 * @param {string} title
 */
function tableOf(means, methods, key, title) {
  const rows = [...means].flatMap(([table, entries]) => {
    const values = methods.map(({ name }) => {
      const entry = entries.get(name);
      if (key !== 'processor') return entry?.[key];
      const seconds = entry?.results.map(({ processor }) => processor ?? Number.NaN) ?? [];
      return seconds.length === 0 ? undefined : mean(seconds);
    });
    const finite = values.flatMap((value) => (Number.isFinite(value) ? [Number(value)] : []));
    if (finite.length === 0) return [];
    const best = key === 'auc' ? Math.max(...finite) : Math.min(...finite);
    const cells = values.map((value) =>
      value === best && key !== 'processor' ? `**${number(value)}**` : number(value),
    );
    return [[table, ...cells]];
  });
  const head = ['table', ...methods.map(({ name }) => name)];
  return [`#### Each table: ${title}`, '', ...markdown(head, rows)].join('\n');
}

/** @param {readonly Result[]} results @param {readonly Method[]} methods */
function faultsOf(results, methods) {
  const names = new Set(methods.map(({ name }) => name));
  const faults = results.filter(({ method, fault }) => fault !== undefined && names.has(method));
  const lines = faults.map(
    ({ table, method, seed, fault }) => `- ${method} on ${table}, seed ${seed}: ${fault}`,
  );
  return ['#### Failures', '', ...(lines.length === 0 ? ['None.'] : lines)].join('\n');
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function markdown(head, rows) {
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** Three digits, without an exponent. @param {number | undefined} value */
function number(value) {
  if (value === undefined || Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return 'failed';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** @param {number | undefined} ratio */
function percent(ratio) {
  if (ratio === undefined) return '';
  const value = 100 * (ratio - 1);
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)} %`;
}
