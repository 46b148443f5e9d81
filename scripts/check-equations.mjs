/**
 * Checks that code, tests and docs/equations.md agree: each numbered equation must be cited as `eq. (N)` by the document, by
 * at least one source file and by at least one test, and no file may cite an equation that does not exist.
 * `eqs. (20)–(25)` and `eq. (14), (15)` count for every number that they name.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './command.mjs';

const DOCUMENT = 'docs/equations.md';

/**
 * @param {string} text - a source file or document
 * @returns {Set<number>} the equations it cites
 */
export function citedEquations(text) {
  const cited = new Set();
  for (const match of text.matchAll(
    /\beqs?\.\s*(\(\d+\)(?:\s*(?:[–-]|,|and|,? and)\s*\(\d+\))*)/gi,
  )) {
    const list = match[1] ?? '';
    let previous = 0;
    for (const part of list.matchAll(/([–-])?\s*\((\d+)\)/g)) {
      const number = Number(part[2]);
      const from = part[1] === undefined ? number : previous + 1;
      for (let n = from; n <= number; n++) cited.add(n);
      previous = number;
    }
  }
  return cited;
}

/**
 * @param {string} text - the document
 * @returns {number} how many equations have a heading of their own; docs/equations.test.ts checks their order
 */
export function countEquations(text) {
  return text.match(/^### eq\. \(\d+\)/gm)?.length ?? 0;
}

/**
 * @param {Record<'document' | 'source' | 'test', Map<string, string>>} files - texts by path
 * @param {number} count - how many equations there are
 * @returns {string[]} a message for each missing or unknown number
 */
export function judgeCitations(files, count) {
  const faults = [];
  for (const [kind, texts] of Object.entries(files)) {
    const seen = new Set();
    for (const [path, text] of texts) {
      for (const number of citedEquations(text)) {
        seen.add(number);
        if (number < 1 || number > count) {
          faults.push(`${path}: cites eq. (${number}); there are ${count} equations.`);
        }
      }
    }
    const missing = Array.from({ length: count }, (_, i) => i + 1).filter((n) => !seen.has(n));
    if (missing.length > 0)
      faults.push(`no ${kind} cites eq. ${missing.map((n) => `(${n})`).join(', ')}`);
  }
  return faults;
}

/** @param {string[]} paths */
function readAll(paths) {
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

function main() {
  const listed = execFileSync('git', ['ls-files', 'packages', DOCUMENT], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = listed.split('\n').filter((path) => path !== '' && existsSync(join(ROOT, path)));
  const document = readAll(files.filter((path) => path === DOCUMENT));
  const count = countEquations(document.get(DOCUMENT) ?? '');
  const faults = judgeCitations(
    {
      document,
      source: readAll(
        files.filter((path) => /\.(ts|c|h)$/.test(path) && !path.endsWith('.test.ts')),
      ),
      test: readAll(files.filter((path) => path.endsWith('.test.ts'))),
    },
    count,
  );
  for (const fault of faults) console.error(`check-equations: ${fault}`);
  if (faults.length > 0) process.exit(1);
  console.log(`equations 1–${count} are each cited by ${DOCUMENT}, a source file and a test`);
}

if (import.meta.filename === process.argv[1]) main();
