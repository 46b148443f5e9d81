/**
 * `npm run check` runs every check, the cheapest first, prints the time of each, and stops at the first that fails. With
 * names as arguments it runs only those checks: `npm run check -- lint types`. The tests on random networks run at full
 * size here (`VINCULUM_EXHAUSTIVE=1`: 300 networks instead of the 42 of `npm test`).
 */
import { execute, ROOT } from './command.mjs';
import { installIfStale } from './setup.mjs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** @param {...string} args */
const node = (...args) => args;

/** @type {Record<string, readonly string[]>} */
const STEPS = {
  format: node('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  house: node('scripts/check-house.mjs'),
  equations: node('scripts/check-equations.mjs'),
  docs: node('scripts/check-docs.mjs'),
  names: node('scripts/check-names.mjs'),
  lint: node('node_modules/oxlint/bin/oxlint', '--type-aware'),
  build: node('scripts/build.mjs'),
  types: node('scripts/types.mjs'),
  'dead code': node('node_modules/knip/bin/knip.js'),
  unit: node('scripts/check-tests.mjs', 'unit'),
  packages: node('scripts/check-tests.mjs', 'packages'),
  conformance: node('scripts/check-tests.mjs', 'conformance'),
  package: node('scripts/check-package.mjs'),
};

const REMEDIES = /** @type {Record<string, string>} */ ({
  format: '`npm run format` writes the format.',
  'dead code':
    'Delete the code that nothing uses, and the word `export` if only its own file uses it.',
});

main(process.argv.slice(2));

/** @param {string[]} wanted */
function main(wanted) {
  const unknown = wanted.filter((name) => !(name in STEPS));
  if (unknown.length > 0) {
    console.error(
      `check: unknown step ${unknown.join(', ')}; steps: ${Object.keys(STEPS).join(', ')}.`,
    );
    process.exit(2);
  }
  installIfStale();
  const start = performance.now();
  for (const [name, args] of Object.entries(STEPS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    runStep(name, args);
  }
  console.log(`\nAll checks passed in ${seconds(start)}.`);
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 */
function runStep(name, args) {
  const script = args[0] ?? '';
  if (!existsSync(join(ROOT, script))) throw new Error(`internal: ${script} is missing.`);
  console.log(`\n── ${name}`);
  const start = performance.now();
  const code = execute(process.execPath, args);
  console.log(
    `── ${name}: ${code === 0 ? 'passed' : `failed (exit ${code})`} in ${seconds(start)}`,
  );
  if (code === 0) return;
  if (REMEDIES[name] !== undefined) console.error(REMEDIES[name]);
  process.exit(code);
}

/** @param {number} start */
function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
