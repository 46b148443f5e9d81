/**
 * Writes the C headers of packages/kernels/generated, which are not committed: generated/table.h, generated/scalars.h and
 * generated/ops.h hold what the kernels share with TypeScript, generated/names.h the names that each build of the native
 * kernels gets. Their content comes from packages/core/src/backends/kernels/table.ts, packages/core/src/program/scalars.ts and
 * the headers of packages/kernels/src.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCoreTables } from './core-tables.mjs';

/** The C sources. */
export const SOURCE_DIRECTORY = fileURLToPath(new URL('../src/', import.meta.url));

/** The headers that this module writes. */
export const GENERATED_DIRECTORY = fileURLToPath(new URL('../generated/', import.meta.url));

/** Words of every op before its fields: its kind and its length. */
const HEAD_WORDS = 2;

/**
 * Headers of functions that the host defines, not the kernels. The native addon has only one of each, so no build renames them.
 */
const HOST_HEADERS = new Set(['waiting.h']);

/** Writes the headers that differ from what is there, so that a file's time tells when it changed; removes stale ones. */
export async function writeHeaders() {
  const headers = headersOf(await loadCoreTables());
  mkdirSync(GENERATED_DIRECTORY, { recursive: true });
  for (const name of readdirSync(GENERATED_DIRECTORY)) {
    if (!(name in headers)) rmSync(join(GENERATED_DIRECTORY, name));
  }
  for (const [name, text] of Object.entries(headers)) {
    const path = join(GENERATED_DIRECTORY, name);
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  }
}

/**
 * @param {import('./core-tables.mjs').CoreTables} tables
 * @returns {Record<string, string>} the text of each header, by its name
 */
function headersOf({ FIELDS, CODES, CONSTANTS, SCALARS, SCALAR_COUNT, tableVersion }) {
  const kinds = Object.keys(FIELDS);
  const ops = kinds.filter((kind) => kind !== 'end').map((kind) => `run${capitalised(kind)}`);
  const opsHeader = header(
    'ops.h',
    'The kernels of the ops, one function for each kind: it reads the fields of `op` and does the share of one piece.',
    ops.map((name) => `void ${name}(const Run *run, const int32_t *op);`),
  );
  return {
    'table.h': header(
      'table.h',
      'The numbers of the op table, which packages/core/src/backends/kernels/table.ts explains.',
      [
        define('NONE', '(-1)'),
        define('CALLERS_ROWS', '(-2)'),
        define('OP_KIND', 0),
        define('OP_LENGTH', 1),
        define('TABLE_VERSION', `(${tableVersion()})`),
        '',
        ...numbered('OP', kinds),
        define('OP_COUNT', kinds.length),
        ...Object.entries(FIELDS).flatMap(([kind, fields]) => [
          '',
          ...numbered(upper(kind), fields, HEAD_WORDS),
        ]),
        ...Object.entries(CODES).flatMap(([prefix, names]) => [
          '',
          ...numbered(prefix, names),
          define(`${prefix}_COUNT`, names.length),
        ]),
        '',
        ...Object.entries(CONSTANTS).map(([name, value]) => define(name, value)),
      ],
    ),
    'scalars.h': header(
      'scalars.h',
      'Slots of the scalars of a step, which packages/core/src/program/scalars.ts explains. A kernel rounds a slot to float32 once, where it uses it.',
      [
        ...Object.entries(SCALARS).map(([name, slot]) => define(`SCALAR_${upper(name)}`, slot)),
        define('SCALAR_COUNT', SCALAR_COUNT),
      ],
    ),
    'ops.h': opsHeader,
    'names.h': header(
      'names.h',
      'The native kernels are compiled once for each instruction set and linked together, so each build gets names of its own: INSTRUCTION_SET is their suffix. Included before everything else.',
      [
        '#define JOINED_NAMES(name, suffix) name##_##suffix',
        '#define JOIN_NAMES(name, suffix) JOINED_NAMES(name, suffix)',
        '#define NAMED(name) JOIN_NAMES(name, INSTRUCTION_SET)',
        '',
        ...functionsShared(opsHeader).map((name) => define(name, `NAMED(${name})`)),
      ],
    ),
  };
}

/**
 * @param {string} name - of the file
 * @param {string} purpose - what it is
 * @param {readonly string[]} lines
 */
function header(name, purpose, lines) {
  const guard = `VINCULUM_GENERATED_${name.replace('.', '_').toUpperCase()}`;
  return `/* ${purpose} Written by packages/kernels/compile/headers.mjs. */
#ifndef ${guard}
#define ${guard}

${lines.join('\n')}

#endif
`;
}

/**
 * @param {string} name
 * @param {string | number} value
 */
function define(name, value) {
  return `#define ${name} ${value}`;
}

/**
 * @param {string} prefix
 * @param {readonly string[]} names - each gets its place in the list as its number
 * @param {number} [first] - the number of the first one
 */
function numbered(prefix, names, first = 0) {
  return names.map((name, place) => define(`${prefix}_${upper(name)}`, first + place));
}

/** `leaky-relu`, `rowOffset` → LEAKY_RELU, ROW_OFFSET. @param {string} name */
function upper(name) {
  return name.replaceAll('-', '_').replaceAll(/[A-Z]/g, '_$&').toUpperCase();
}

/** @param {string} name */
function capitalised(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * The functions with external linkage that the kernels' headers declare. One that is left out shows when the builds are
 * linked, as a symbol that is defined twice.
 *
 * @param {string} opsHeader - the text of generated/ops.h
 */
function functionsShared(opsHeader) {
  const texts = readdirSync(SOURCE_DIRECTORY)
    .filter((name) => name.endsWith('.h') && !HOST_HEADERS.has(name))
    .map((name) => readFileSync(join(SOURCE_DIRECTORY, name), 'utf8'));
  return [...texts, opsHeader].flatMap(prototypesIn).toSorted();
}

/**
 * The names of the functions that a header declares: at the start of a line a type and a name, then parameters up to a
 * semicolon. What is static or inline has a body instead, and a typedef begins with that word.
 *
 * @param {string} text - of a header
 * @returns {string[]}
 */
export function prototypesIn(text) {
  const prototypes = text.matchAll(/^(?!typedef\b|static\b)\w[\w *]*?\b(\w+)\([^;{}()]*\);/gm);
  return Array.from(prototypes, ([, name = '']) => name);
}
