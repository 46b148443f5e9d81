/**
 * Checks the packages as a user gets them. It packs core, io, report, onnx and cli, and then checks the tarballs: publint and
 * are-the-types-wrong find no fault, the core has no dependency and no install script, its declarations compile without
 * the types of Node and of the DOM, pages built by Vite stay under their size limits, and the command runs from an
 * installed tarball.
 */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build } from 'vite';
import { ROOT, runNpm, runTool } from './command.mjs';

const PUBLISHED = ['core', 'io', 'report', 'onnx', 'cli'];

/**
 * How large a page may be, with the embedded WebAssembly module, minified, in bytes of gzip: a page that imports all of
 * `vinculum`, and a page that imports what it needs to train and predict. See docs/decisions/0015.
 * A page that trains must contain no formula of the trace, which `without` looks for.
 *
 * @type {readonly { what: string, limit: number, without?: RegExp, program: string }[]}
 */
const BUNDLES = [
  {
    what: 'all of vinculum',
    limit: 128_000,
    program: "import * as vinculum from 'vinculum';\nglobalThis.vinculum = { ...vinculum };\n",
  },
  {
    what: 'a page that trains and predicts',
    limit: 64_000,
    without: /\\(?:circ|sum|[dt]?frac|mathrm|hat|bar)\b/,
    program: `import { adam, dense, dropout, fit, network } from 'vinculum';
const net = network({ inputs: 2, layers: [dense(8, { activation: 'relu' }), dropout(0.1), dense(2)] });
globalThis.train = (data) => fit(net, data, { loss: 'softmax-cross-entropy', optimizer: adam() });
globalThis.predict = (x) => net.predict(x);
`,
  },
];

const folder = mkdtempSync(join(tmpdir(), 'vinculum-package-'));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  runNpm(
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder].concat(workspaces()),
    {
      quietOutput: true,
    },
  );
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  if (tarballs.length !== PUBLISHED.length)
    fail(`expected ${PUBLISHED.length} tarballs; got ${tarballs.join(', ')}`);
  for (const tarball of tarballs) {
    await lintPackage(join(folder, tarball));
    if (!tarball.startsWith('vinculum-cli')) attw(join(folder, tarball));
  }
  install(tarballs);
  checkCore();
  checkDeclarations();
  checkEntries();
  checkCommand();
  for (const bundle of BUNDLES) await checkBundle(bundle);
}

function workspaces() {
  return PUBLISHED.flatMap((name) => ['-w', `packages/${name}`]);
}

/** @param {string} message */
function fail(message) {
  throw new Error(`check-package: ${message}`);
}

/** @param {string} path - a tarball */
async function lintPackage(path) {
  const bytes = readFileSync(path);
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  const faults = messages.map((one) => formatMessage(one, pkg));
  if (faults.length > 0) fail(`publint on ${pkg?.['name']}: ${faults.join('; ')}`);
  console.log(`publint: ${pkg?.['name']} clean, ${(bytes.length / 1000).toFixed(0)} KB packed`);
}

/** @param {string} path - a tarball of a package with types; the command has none */
function attw(path) {
  runTool('attw', [path, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii', '--quiet'], {
    remedy: `The types of ${path} do not resolve: run attw on it without --quiet.`,
  });
}

/**
 * Unpacks the tarballs into an installed project. Their dependencies are links into this repository, so that no registry is
 * needed. An import of `vinculum` gets the packed files.
 *
 * @param {readonly string[]} tarballs
 */
function install(tarballs) {
  for (const tarball of tarballs) {
    const name = tarball.replace(/-\d.*$/, '').replace(/^vinculum-/, '@vinculum/');
    const home = join(folder, 'node_modules', name);
    mkdirSync(home, { recursive: true });
    execFileSync('tar', ['-xzf', join(folder, tarball), '-C', home, '--strip-components=1']);
  }
  for (const name of PUBLISHED.flatMap(dependenciesOf)) {
    const home = join(folder, 'node_modules', name);
    if (name.includes('vinculum')) continue;
    // The name of a package may have a scope, which is a folder.
    mkdirSync(dirname(home), { recursive: true });
    symlinkSync(findInstalled(name), home, 'junction');
  }
}

/** @param {string} name - the folder of one of our packages */
function dependenciesOf(name) {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'));
  return Object.keys(manifest.dependencies ?? {});
}

/** @param {string} name - a dependency, which npm may have installed in the root or in one workspace */
function findInstalled(name) {
  const places = ['', ...PUBLISHED.map((one) => `packages/${one}/`)];
  const found = places.map((place) => join(ROOT, place, 'node_modules', name)).find(isPackage);
  return found ?? fail(`${name} is not installed`) ?? '';
}

/** @param {string} path */
function isPackage(path) {
  try {
    return readFileSync(join(path, 'package.json')).length > 0;
  } catch {
    return false;
  }
}

function checkCore() {
  const path = join(folder, 'node_modules/vinculum/package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const forbidden = ['dependencies', 'optionalDependencies', 'peerDependencies', 'scripts'];
  const found = forbidden.filter((key) => manifest[key] !== undefined);
  if (found.length > 0) fail(`the core must have no ${found.join(', no ')}`);
  console.log('core: no dependency, no script');
}

/** The types must compile in a program that has only the language, without the names of Node and of the DOM. */
function checkDeclarations() {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  const entry = "import * as vinculum from 'vinculum';\nexport const all: object = vinculum;\n";
  writeFileSync(join(folder, 'all.ts'), entry);
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const compilerOptions = {
      module,
      moduleResolution,
      noEmit: true,
      strict: true,
      types: [],
      lib: ['ES2023', 'ESNext.Disposable'],
    };
    const project = join(folder, 'tsconfig.json');
    writeFileSync(project, JSON.stringify({ compilerOptions, files: ['all.ts'] }));
    runTool('tsc', ['-p', project], {
      remedy: 'The published types use a name that is neither in ES2023 nor in vinculum.',
    });
  }
  console.log('core: declarations compile with lib ES2023, no platform types');
}

/** @param {(typeof BUNDLES)[number]} bundle */
async function checkBundle({ what, limit, without, program }) {
  writeFileSync(join(folder, 'page.js'), program);
  const outDir = join(folder, 'bundle');
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, rollupOptions: { input: join(folder, 'page.js') } },
  });
  const scripts = readdirSync(outDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(outDir, name)));
  const raw = scripts.reduce((sum, one) => sum + one.length, 0);
  const packed = scripts.reduce((sum, one) => sum + gzipSync(one, { level: 9 }).length, 0);
  if (packed > limit) fail(`${what} bundles to ${packed} bytes of gzip; the limit is ${limit}`);
  for (const script of without === undefined ? [] : scripts) {
    const found = without?.exec(script.toString());
    if (found) fail(`${what} contains '${found[0]}', which only a page with the trace needs`);
  }
  if (raw < 10_000) fail(`${what} has only ${raw} bytes: something was left out of the bundle`);
  console.log(`core: ${what} bundles to ${packed} bytes of gzip (${raw} raw; limit ${limit})`);
}

/** In the bundle for Node, `vinculum/internal` must share its modules with `vinculum`, or each class would exist twice. */
function checkEntries() {
  const program = `import { dense } from 'vinculum';
import { faultOf } from 'vinculum/internal';
try {
  dense(0);
} catch (error) {
  if (faultOf(error)?.where !== 'dense') throw new Error('two copies', { cause: error });
}`;
  execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
  console.log('core: one copy of each module in both entries for Node');
}

function checkCommand() {
  const program = join(folder, 'node_modules/@vinculum/cli/bin/vinculum.js');
  const printed = execFileSync(process.execPath, [program, '--version'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { version } = JSON.parse(readFileSync(join(ROOT, 'packages/cli/package.json'), 'utf8'));
  if (!printed.includes(version)) fail(`vinculum --version must print ${version}; got ${printed}`);
  const csv = join(ROOT, 'examples/data/penguins.csv');
  const args = [
    'train',
    csv,
    '-t',
    'species',
    '--preset',
    'fast',
    '--epochs',
    '2',
    '-o',
    join(folder, 'run'),
    '--json',
  ];
  const report = execFileSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (JSON.parse(report).schema !== 'vinculum.train/1') fail('the packed command did not train');
  console.log(`cli: ${printed.trim()} trains from its tarball`);
}
