/**
 * Counts the tests of all vitest runs of one CI run, from the JSON reports that these runs wrote into a folder, and prints
 * `N passed, N failed`. A test that ran several times counts once. Fails if a test failed, if a test was skipped in every
 * run, and if there was no test at all.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Report - the part of vitest's JSON report that is read here
 * @property {{ name: string, status: string, assertionResults: { fullName: string, status: string }[] }[]} testResults
 */

/**
 * @param {readonly Report[]} reports
 * @returns {{ passed: number, failed: number, skipped: number }} the numbers of distinct tests; a file that did not load
 *   counts as one failed test
 */
export function countTests(reports) {
  /** @type {Map<string, Set<string>>} */
  const statuses = new Map();
  for (const file of reports.flatMap((report) => report.testResults)) {
    const none = file.assertionResults.length === 0;
    const results = none ? [{ fullName: '(file)', status: file.status }] : file.assertionResults;
    const seen = new Map();
    for (const { fullName, status } of results) {
      const nth = (seen.get(fullName) ?? 0) + 1;
      seen.set(fullName, nth);
      const key = `${file.name}\n${fullName}\n${nth}`;
      statuses.set(key, (statuses.get(key) ?? new Set()).add(status));
    }
  }
  const all = [...statuses.values()];
  const failed = all.filter((one) => one.has('failed')).length;
  const passed = all.filter((one) => one.has('passed') && !one.has('failed')).length;
  return { passed, failed, skipped: all.length - passed - failed };
}

function main() {
  const folder = process.argv[2] ?? process.env['VINCULUM_TEST_RESULTS'] ?? '';
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const counts = countTests(
    files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))),
  );
  const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
  console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  process.exit(counts.failed > 0 || counts.skipped > 0 || counts.passed === 0 ? 1 : 0);
}

if (import.meta.filename === process.argv[1]) main();
