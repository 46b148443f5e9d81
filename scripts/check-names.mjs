/**
 * Checks the names of files in comments and documents: a text that looks like the path of a source file must name a tracked
 * file, so that comments are corrected when a file is moved or deleted. A name may be written from the root, from the file
 * that mentions it, or by its last parts (`train/fit.ts`, `team.c`).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ROOT } from './command.mjs';

const SOURCE = /\.(ts|mjs|c|h|py|sh)$/;
const DOCUMENT = /\.md$/;

/** A path or a bare file name with the ending of a source file. `*.ts` and `<name>.ts` are patterns, not names. */
const NAME =
  /(?<![\w@./*<>{}$-])(?:[\w@-][\w@.-]*\/|\.{1,2}\/)*[\w-][\w.-]*\.(?:ts|mjs|c|h|py|sh)(?![\w/*-])/g;

/**
 * Names that are not checked: files that a build makes, the file that the README asks the reader to write (`first.mjs`), and
 * files of other projects that are cited as sources.
 */
const NOT_OURS =
  /\.generated\.(ts|h)$|(?:^|\/)(?:generated|build|dist)\/|^first\.mjs$|^(?:keras|onnx|sklearn|torch)\//;

/**
 * The comments of a program, or the prose of a document with its code left out.
 *
 * @param {string} path
 * @param {string} text
 * @returns {string[]} one string for each line of the file; empty if the line has no prose
 */
export function proseOf(path, text) {
  if (DOCUMENT.test(path)) {
    return text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, blank).split('\n');
  }
  if (path.endsWith('.py') || path.endsWith('.sh')) {
    return text.split('\n').map((line) => /(?:^|\s)#(.*)/.exec(line)?.[1] ?? '');
  }
  let inBlock = false;
  return text.split('\n').map((line) => {
    if (inBlock || /^\s*\/\*/.test(line)) {
      inBlock = !line.includes('*/');
      return line;
    }
    return /(?:^|\s)\/\/ (.*)/.exec(line)?.[1] ?? '';
  });
}

/** @param {string} text */
function blank(text) {
  return text.replaceAll(/[^\n]/g, '');
}

/**
 * @param {string} path - the file, relative to the root
 * @param {string} text - its content
 * @param {(name: string, from: string) => boolean} isKnown - whether there is a file of that name
 * @returns {string[]} a message for each name without a file
 */
export function judgeNames(path, text, isKnown) {
  return proseOf(path, text).flatMap((line, index) =>
    Array.from(line.matchAll(NAME), ([name]) => name)
      .filter((name) => !NOT_OURS.test(name) && !isKnown(name, path))
      .map((name) => `${path}:${index + 1}: there is no file ${name}.`),
  );
}

/**
 * @param {Iterable<string>} tracked - paths relative to the root
 * @returns {(name: string, from: string) => boolean}
 */
export function knownFiles(tracked) {
  const ends = new Set();
  for (const path of tracked) {
    const parts = path.split('/');
    for (let first = 0; first < parts.length; first++) ends.add(parts.slice(first).join('/'));
  }
  return (name, from) =>
    ends.has(name) || ends.has(posix.normalize(posix.join(dirname(from), name)));
}

function main() {
  const listed = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' });
  const tracked = listed.split('\n').filter((path) => existsSync(join(ROOT, path)));
  const isKnown = knownFiles(tracked);
  const read = tracked.filter((path) => SOURCE.test(path) || DOCUMENT.test(path));
  const faults = read.flatMap((path) =>
    judgeNames(path, readFileSync(join(ROOT, path), 'utf8'), isKnown),
  );
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exit(1);
  console.log(`${read.length} files: every file named in a comment or document exists`);
}

if (import.meta.filename === process.argv[1]) main();
