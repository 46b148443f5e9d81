/**
 * Checks the links of the documents: every relative link of a Markdown file must lead to a tracked file, and its `#part` to
 * a heading of that file. Tests run the examples of the documents; this script does not.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ROOT } from './command.mjs';

/**
 * The anchor that GitHub and VitePress give a heading: lower case, words joined by hyphens.
 *
 * @param {string} heading - its text, Markdown allowed
 * @returns {string} the part after `#`
 */
export function anchorOf(heading) {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** @param {string} text */
function withoutCode(text) {
  return text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').replaceAll(/`[^`\n]*`/g, '``');
}

/**
 * @param {string} path - the document, relative to the root
 * @param {string} text - its content
 * @param {(path: string) => string | undefined} read - the content of another file; undefined if there is none
 * @returns {string[]} a message for each broken link
 */
export function judgeLinks(path, text, read) {
  const faults = [];
  for (const match of withoutCode(text).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
    const link = match[1] ?? '';
    if (/^[a-z]+:/i.test(link)) continue;
    const [file = '', part] = link.split('#');
    const target = file === '' ? path : posix.normalize(posix.join(dirname(path), file));
    const content = file === '' ? text : read(target);
    if (content === undefined) faults.push(`${path}: the link ${link} leads to no file.`);
    else if (part !== undefined && target.endsWith('.md') && !anchorsOf(content).has(part)) {
      faults.push(`${path}: the link ${link} leads to no heading of ${target}.`);
    }
  }
  return faults;
}

/** @param {string} text */
function anchorsOf(text) {
  const headings = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6}\s+(.+)$/gm);
  return new Set(Array.from(headings, (match) => anchorOf(match[1] ?? '')));
}

function main() {
  const listed = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' });
  const tracked = new Set(listed.split('\n').filter((path) => existsSync(join(ROOT, path))));
  /** @param {string} path */
  const read = (path) => {
    const bare = path.replace(/\/$/, '');
    if (tracked.has(bare)) return readFileSync(join(ROOT, bare), 'utf8');
    return [...tracked].some((one) => one.startsWith(`${bare}/`)) ? '' : undefined;
  };
  const documents = [...tracked].filter((path) => path.endsWith('.md'));
  const faults = documents.flatMap((path) => judgeLinks(path, read(path) ?? '', read));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exit(1);
  console.log(`${documents.length} documents: every relative link leads somewhere`);
}

if (import.meta.filename === process.argv[1]) main();
