/**
 * `npm run mutants`: plants the bugs of this folder one by one and shows that the tests turn red. Each patch
 * begins with what it breaks and the test files that must notice; it is applied to a copy of the sources in a
 * temporary folder, never to the working tree. A bug that keeps the tests from ending is noticed too. Fails if a bug
 * survives, a patch no longer applies, or the tests are red without any bug.
 *
 *     node packages/conformance/mutants/run.mjs [part of a patch's name …]
 *
 * A patch is a unified diff after a head of this form:
 *
 *     One sentence: what is wrong, and what it would do to a user.
 *     tests: packages/conformance/src/kinks.test.ts, …
 *     rebuild: kernels            (only where C sources change)
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const ROOT = join(FOLDER, '../../..');

/** What a test run needs; everything else stays behind. */
const COPIED = [
  'package.json',
  'tsconfig.base.json',
  'tsconfig.test.json',
  'vitest.config.ts',
  'packages',
];
/** What the build of the kernels writes; put back instead of built again. */
const BUILT = [
  'packages/core/src/backends/wasm/kernels.generated.ts',
  'packages/kernels/generated/names.h',
  'packages/kernels/generated/ops.h',
  'packages/kernels/generated/scalars.h',
  'packages/kernels/generated/table.h',
];

/**
 * Few networks are enough to see a bug. And git must take a copy for no part of a repository around it, or it
 * would apply nothing and say nothing.
 */
const ENVIRONMENT = {
  ...process.env,
  VINCULUM_EXHAUSTIVE: '0',
  GIT_CEILING_DIRECTORIES: realpathSync(tmpdir()),
};

/** No run of the tests takes a tenth of it; one that takes longer will not end. */
const LIMIT_SECONDS = 300;

/** Trees that are worked on at the same time. */
const WORKERS = Math.min(4, availableParallelism());

const LEFT_OUT = new Set(['node_modules', 'dist', 'runs', 'mutants']);

/** The groups of processes that are at work, to be ended with this one. */
const groups = new Set();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const group of groups) process.kill(-group, 'SIGKILL');
    process.exit(1);
  });
}

/**
 * @typedef {object} Mutant
 * @property {string} name - the patch's file name without its ending
 * @property {string} patch - the path of the patch
 * @property {string} summary - the first line of its head
 * @property {string[]} tests - test files, relative to the root
 * @property {boolean} kernels - whether the C kernels must be built again
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
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(
      `\n${mutants.length - survivors} of ${mutants.length} planted bugs caught in ${seconds} s`,
    );
    process.exitCode = survivors === 0 ? 0 : 1;
  } finally {
    for (const tree of trees) rmSync(tree, { recursive: true, force: true });
  }
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
      kernels: field('rebuild') === 'kernels',
    };
  });
}

/** @returns {string} a copy of the sources, with the installed packages linked */
function copyTree() {
  const tree = mkdtempSync(join(tmpdir(), 'vinculum-mutants-'));
  for (const name of COPIED) {
    cpSync(join(ROOT, name), join(tree, name), {
      recursive: true,
      filter: (source) => !LEFT_OUT.has(basename(source)),
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  return tree;
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
      const { caught, line } = await runMutant(tree, mutant);
      console.log(`${caught ? 'caught  ' : 'SURVIVED'}  ${mutant.name}: ${mutant.summary}`);
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
  const applied = await runIn(tree, 'git', ['apply', mutant.patch]);
  if (applied.status !== 0) {
    return { caught: false, line: `the patch no longer applies: ${applied.output.trim()}` };
  }
  const built = BUILT.map((path) => readFileSync(join(tree, path)));
  try {
    const fault = mutant.kernels ? await buildKernels(tree) : undefined;
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
    await runIn(tree, 'git', ['apply', '--reverse', mutant.patch]);
    BUILT.forEach((path, i) => writeFileSync(join(tree, path), built[i] ?? ''));
  }
}

/**
 * @param {string} tree
 * @returns {Promise<string | undefined>} what went wrong
 */
async function buildKernels(tree) {
  const { status, output } = await runIn(tree, process.execPath, [
    'packages/kernels/compile/build.mjs',
  ]);
  return status === 0 ? undefined : `the kernels do not build:\n${output}`;
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

/**
 * Ends a program that takes too long, and the processes that it started.
 *
 * @param {string} cwd
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<{ status: number, output: string, ended: boolean }>} `ended`: by itself
 */
function runIn(cwd, program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    let ended = true;
    const add = (/** @type {Buffer} */ chunk) => (output += chunk.toString('utf8'));
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.on('error', reject);
    const group = child.pid;
    if (group === undefined) return;
    groups.add(group);
    const limit = setTimeout(() => {
      ended = false;
      process.kill(-group, 'SIGKILL');
    }, LIMIT_SECONDS * 1000);
    child.on('close', (status) => {
      clearTimeout(limit);
      groups.delete(group);
      resolve({ status: status ?? 1, output, ended });
    });
  });
}
