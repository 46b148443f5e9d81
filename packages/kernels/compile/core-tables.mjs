/**
 * Loads the tables of packages/core whose numbers the C sources share: packages/core/src/backends/kernels/table.ts and what
 * it imports. The kernels are built before the TypeScript is, and Node 20 runs no TypeScript, so the few modules in question
 * are transpiled one by one to a temporary folder and imported from there. Types are not checked here; `tsc` does that.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const CORE = fileURLToPath(new URL('../../core/src/', import.meta.url));
const TABLE = join(CORE, 'backends/kernels/table.ts');
const SCALARS = join(CORE, 'program/scalars.ts');

/**
 * What C shares with TypeScript.
 *
 * @typedef {object} CoreTables
 * @property {Readonly<Record<string, readonly string[]>>} FIELDS - the fields of each op, both in the order of their numbers
 * @property {Readonly<Record<string, readonly string[]>>} CODES - names in the order of their codes, by the prefix in C
 * @property {Readonly<Record<string, number>>} CONSTANTS - by the name in C
 * @property {Readonly<Record<string, number>>} SCALARS - the slot of each scalar of a step
 * @property {number} SCALAR_COUNT - how many slots there are
 * @property {() => number} tableVersion - a hash of all of them
 */

/** @returns {Promise<CoreTables>} */
export async function loadCoreTables() {
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-tables-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const written = new Set();
    transpile(TABLE, folder, written);
    return { ...(await load(TABLE, folder)), ...(await load(SCALARS, folder)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} path - a module of the core
 * @param {string} folder - where the JavaScript is
 * @returns {Promise<CoreTables>}
 */
async function load(path, folder) {
  return await import(pathToFileURL(outputOf(path, folder)).href);
}

/**
 * @param {string} path
 * @param {string} folder
 */
function outputOf(path, folder) {
  return join(folder, relative(CORE, path)).replace(/\.ts$/, '.js');
}

/**
 * Writes a module as JavaScript, and with it the modules that it imports values from.
 *
 * @param {string} path - of the TypeScript
 * @param {string} folder - where to write
 * @param {Set<string>} written - paths that were written before; grows
 */
function transpile(path, folder, written) {
  if (written.has(path)) return;
  written.add(path);
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
    fileName: path,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  const output = outputOf(path, folder);
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, outputText);
  // The imports of types are gone from the output, so what is left is what runs.
  for (const { fileName } of ts.preProcessFile(outputText).importedFiles) {
    transpile(join(dirname(path), fileName.replace(/\.js$/, '.ts')), folder, written);
  }
}
