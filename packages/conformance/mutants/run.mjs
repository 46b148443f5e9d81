/**
 * `npm run mutants`: plants the bugs of this folder one by one and shows that the tests fail. Each patch begins with
 * a description of the bug and the test files that must notice it; it is applied to a copy of the sources in a
 * temporary folder, never to the working tree. A bug that keeps the tests from ending is noticed too. Fails if a bug
 * survives, a patch no longer applies, or the tests are red without any bug.
 *
 *     node packages/conformance/mutants/run.mjs [part of a patch's name …]
 *
 * A patch is a unified diff after a head of this form:
 *
 *     One sentence: what is wrong, and what it would do to a user.
 *     tests: packages/conformance/src/kinks.test.ts, …
 *     rebuild: kernels            (only where what the tests run must be built: see REBUILDS)
 *
 * `rebuild` names `kernels` if the patch changes C sources that WebAssembly runs, `native` if it changes C sources of the addon,
 * and `typescript` if the tests start the command as a process, because a process runs the build and not the sources.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyTree, KEPT, LIMIT_SECONDS, rebuild, REBUILDS, runIn } from './tree.mjs';

const FOLDER = dirname(fileURLToPath(import.meta.url));

/** Trees that are worked on at the same time. */
const WORKERS = Math.min(4, availableParallelism());

/** One line around each change must be the same as in the patch, because comments farther away are reworded now and then. */
const APPLY = ['apply', '-C1'];

/**
 * @typedef {object} Mutant
 * @property {string} name - the patch's file name without its ending
 * @property {string} patch - the path of the patch
 * @property {string} summary - the first line of its head
 * @property {string[]} tests - test files, relative to the root
 * @property {string[]} rebuilds - keys of REBUILDS
 */

await main(process.argv.slice(2));

/** @param {string[]} wanted */
async function main(wanted) {
  const mutants = readMutants().filter(
    ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  if (mutants.length === 0) {
    console.error(`mutants: no patch's name contains ${wanted.join(' or ')}.`);
    process.exit(2);
  }
  const start = performance.now();
  const trees = Array.from({ length: Math.min(WORKERS, mutants.length) }, copyTree);
  try {
    const survivors = await runAll(trees, mutants);
    const caught = mutants.length - survivors;
    console.log(`\n${caught} of ${mutants.length} planted bugs caught in ${secondsSince(start)} s`);
    process.exitCode = survivors === 0 ? 0 : 1;
  } finally {
    for (const tree of trees) rmSync(tree, { recursive: true, force: true });
  }
}

/** @param {number} start - by `performance.now()` */
function secondsSince(start) {
  return ((performance.now() - start) / 1000).toFixed(0);
}

/** @returns {Mutant[]} */
function readMutants() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.patch'));
  return names.toSorted().map((file) => {
    const patch = join(FOLDER, file);
    const head = readFileSync(patch, 'utf8').split(/^--- /m)[0] ?? '';
    const field = (/** @type {string} */ name) =>
      new RegExp(`^${name}: (.+)$`, 'm').exec(head)?.[1]?.trim();
    const tests = field('tests')?.split(/,\s*/) ?? [];
    if (tests.length === 0) throw new Error(`${file}: the head must name tests.`);
    return {
      name: basename(file, '.patch'),
      patch,
      summary: head.split('\n')[0] ?? '',
      tests,
      rebuilds: field('rebuild')?.split(/,\s*/) ?? [],
    };
  });
}

/**
 * Every worker has a tree of its own and takes the next bug from the list.
 *
 * @param {readonly string[]} trees
 * @param {readonly Mutant[]} mutants
 * @returns {Promise<number>} how many bugs survived
 */
async function runAll(trees, mutants) {
  const baseline = await runTests(trees[0] ?? '', [
    ...new Set(mutants.flatMap(({ tests }) => tests)),
  ]);
  if (!baseline.passed) {
    throw new Error(`red without any bug: ${baseline.red ?? baseline.output}`);
  }
  const queue = [...mutants];
  let survivors = 0;
  const work = async (/** @type {string} */ tree) => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const start = performance.now();
      const { caught, line } = await runMutant(tree, mutant);
      const verdict = caught ? 'caught  ' : 'SURVIVED';
      console.log(`${verdict}  ${mutant.name}: ${mutant.summary} (${secondsSince(start)} s)`);
      console.log(`          ${line}`);
      if (!caught) survivors++;
    }
  };
  await Promise.all(trees.map(work));
  return survivors;
}

/**
 * @param {string} tree
 * @param {Mutant} mutant
 * @returns {Promise<{ caught: boolean, line: string }>}
 */
async function runMutant(tree, mutant) {
  const applied = await runIn(tree, 'git', [...APPLY, mutant.patch]);
  if (applied.status !== 0) {
    return { caught: false, line: `the patch no longer applies: ${applied.output.trim()}` };
  }
  const outputs = mutant.rebuilds.flatMap((name) => REBUILDS[name]?.outputs ?? []);
  for (const path of outputs) {
    cpSync(join(tree, path), join(tree, KEPT, path), { recursive: true, preserveTimestamps: true });
  }
  try {
    const fault = await rebuild(tree, mutant.rebuilds);
    if (fault !== undefined) return { caught: false, line: fault };
    const { red, passed, output } = await runTests(tree, mutant.tests);
    if (red !== undefined) return { caught: true, line: `red: ${red}` };
    return {
      caught: false,
      line: passed
        ? 'every test stayed green'
        : `no test turned red, but the run failed:\n${output}`,
    };
  } finally {
    await takeOut(tree, mutant, outputs);
  }
}

/**
 * Makes a tree what it was before a bug was planted in it.
 *
 * @param {string} tree
 * @param {Mutant} mutant
 * @param {readonly string[]} outputs - what was built with the bug
 */
async function takeOut(tree, mutant, outputs) {
  const { status, output } = await runIn(tree, 'git', [...APPLY, '--reverse', mutant.patch]);
  if (status !== 0) throw new Error(`${mutant.name} cannot be taken out again: ${output}`);
  for (const path of outputs) {
    rmSync(join(tree, path), { recursive: true, force: true });
    cpSync(join(tree, KEPT, path), join(tree, path), { recursive: true, preserveTimestamps: true });
  }
}

/**
 * @param {string} tree
 * @param {readonly string[]} files
 * @returns {Promise<{ passed: boolean, red: string | undefined, output: string }>} `red`: the first test that
 *   failed
 */
async function runTests(tree, files) {
  const report = join(tree, 'report.json');
  rmSync(report, { force: true });
  const { status, output, ended } = await runIn(tree, process.execPath, [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--bail=1',
    '--reporter=json',
    `--outputFile=${report}`,
    ...files,
  ]);
  if (status === 0) return { passed: true, red: undefined, output };
  if (!ended) {
    const red = `${files.join(', ')} did not end within ${LIMIT_SECONDS} s`;
    return { passed: false, red, output };
  }
  if (!existsSync(report)) return { passed: false, red: undefined, output };
  /** @type {{ testResults: { assertionResults: { status: string, fullName: string }[] }[] }} */
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find((result) => result.status === 'failed');
  return { passed: false, red: failed?.fullName.trim(), output };
}
