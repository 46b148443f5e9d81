/**
 * Finds circles among the imports of our packages. Dynamic `import()` and imports of types only count too, although the
 * linter's own rule ignores them, because a reader of one file in such a circle has to read all of its files.
 */
import { posix } from 'node:path';

const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const REQUEST = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)'(\.[^']*)'/g;

/**
 * The files that a file imports by a relative path, whatever kind of import it is.
 *
 * @param {string} path - from the root, with forward slashes
 * @param {string} text - its content
 * @returns {string[]} paths from the root
 */
export function importsOf(path, text) {
  const requests = text.replaceAll(COMMENT, '').matchAll(REQUEST);
  return Array.from(requests, ([, request = '']) =>
    posix.normalize(posix.join(posix.dirname(path), request)),
  );
}

/**
 * The groups of files in which each imports all others, directly or not (strongly connected components of more than one
 * file, and files that import themselves).
 *
 * Source: Tarjan 1972, "Depth-first search and linear graph algorithms", section 4.
 *
 * @param {ReadonlyMap<string, readonly string[]>} graph - the imports of each file; a file that is no key is ignored
 * @returns {string[][]} the groups, each sorted
 */
export function circlesOf(graph) {
  /** @type {Map<string, number>} */
  const order = new Map();
  /** @type {Map<string, number>} */
  const lowest = new Map();
  /** @type {string[]} */
  const open = [];
  /** @type {string[][]} */
  const circles = [];
  /** @param {string} file */
  const visit = (file) => {
    order.set(file, order.size);
    lowest.set(file, order.get(file) ?? 0);
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue;
      if (!order.has(next)) visit(next);
      if (open.includes(next)) {
        lowest.set(file, Math.min(lowest.get(file) ?? 0, lowest.get(next) ?? 0));
      }
    }
    if (lowest.get(file) !== order.get(file)) return;
    const group = open.splice(open.indexOf(file));
    if (group.length > 1 || graph.get(file)?.includes(file)) circles.push(group.toSorted());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/**
 * @param {ReadonlyMap<string, string>} sources - text by path from the root
 * @returns {string[]} a message for each circle
 */
export function judgeCircles(sources) {
  const graph = new Map([...sources].map(([path, text]) => [path, importsOf(path, text)]));
  return circlesOf(graph).map(
    (circle) => `${circle[0]}: an import circle of ${circle.length} files: ${circle.join(', ')}.`,
  );
}
