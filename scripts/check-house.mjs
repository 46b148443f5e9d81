/**
 * Checks rules of this repository for which there is no linter: the length of source files, checks that are switched off,
 * download addresses in the lock file, build output under version control, circles of imports. Reads the files that git
 * tracks.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './command.mjs';
import { judgeCircles } from './import-circles.mjs';

const MAXIMUM_LINES = 330;
const SOURCE = /\.(ts|mjs|js|c|h)$/;

/** Tests, tables of published numbers and generated files may be longer. */
const LONG_ALLOWED = /\.test\.ts$|(^|\/)(vectors|tables)\/|\.generated\.ts$/;

/** Texts that switch a check off. This file and its test contain them without using them. */
const SWITCHED_OFF =
  /(ox|es)lint-disable|@ts-(ignore|nocheck)|\bas any\b(?! [a-z])|\b(it|test|describe)\.(skip|only|todo)\b|prettier-ignore/;
const NAMES_SWITCHES = /^scripts\/check-house\.(mjs|test\.ts)$/;

const BUILT = /(^|\/)(dist|node_modules|coverage)\/|^runs\/|\.(wasm|node|o|tsbuildinfo)$/;

/**
 * @param {string} path - a tracked file
 * @param {string} text - its content
 * @returns {string[]} a message for each broken rule
 */
export function judgeFile(path, text) {
  const faults = [];
  if (BUILT.test(path)) faults.push(`${path}: build output must not be committed.`);
  if (!SOURCE.test(path)) return faults;
  const lines = text.split('\n');
  const count = text.endsWith('\n') ? lines.length - 1 : lines.length;
  if (count > MAXIMUM_LINES && !LONG_ALLOWED.test(path)) {
    faults.push(`${path}: a file must be at most ${MAXIMUM_LINES} lines; got ${count}.`);
  }
  lines.forEach((line, index) => {
    if (SWITCHED_OFF.test(line) && !NAMES_SWITCHES.test(path))
      faults.push(`${path}:${index + 1}: a check is switched off here.`);
  });
  return faults;
}

/**
 * @param {string} text - package-lock.json
 * @returns {string[]} addresses in it other than the links to the workspaces
 */
export function judgeLock(text) {
  /** @type {Record<string, { resolved?: string, link?: boolean }>} */
  const packages = JSON.parse(text).packages;
  return Object.entries(packages)
    .filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)
    .map(([path]) => `package-lock.json: ${path} names a download address; npm ci needs none.`);
}

/** Files that may be part of no import circle: all but tests, because a test may import anything. */
const WITHOUT_CIRCLES = /^(?:packages\/|scripts\/|bench\/).*(?<!\.test|\.d)\.(?:ts|mjs)$/;

function main() {
  const listed = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' });
  const files = listed.split('\n').filter((path) => path !== '' && existsSync(join(ROOT, path)));
  const sources = new Map(
    files
      .filter((path) => WITHOUT_CIRCLES.test(path))
      .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );
  const faults = files
    .flatMap((path) =>
      judgeFile(path, SOURCE.test(path) ? readFileSync(join(ROOT, path), 'utf8') : ''),
    )
    .concat(judgeLock(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')))
    .concat(judgeCircles(sources));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exit(1);
  console.log(`${files.length} files: lengths, switches, lock, build output and imports in order`);
}

if (import.meta.filename === process.argv[1]) main();
