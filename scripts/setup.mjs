/**
 * Makes a clone ready: installs if node_modules lacks something of package-lock.json, and builds if a source has changed
 * since the last build. It takes a few milliseconds if nothing has changed. It needs only Node, so that `npm start` and
 * `npm test` work as the first command on a fresh clone.
 *
 * All messages go to stderr, because stdout belongs to the command that follows.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT, run, runNpm } from './command.mjs';

const MINIMUM_NODE = [20, 19];
const STAMP = join(ROOT, 'node_modules/.cache/vinculum/build-stamp');

/** Some files of every complete build. If one of them is missing, a build is needed whatever the stamp says. */
const OUTPUTS = [
  'packages/kernels/generated/table.h',
  'packages/core/src/backends/wasm/kernels.generated.ts',
  'packages/core/src/backends/wasm/fused-kernels.generated.ts',
  'packages/core/dist/index.js',
  'packages/core/dist/node/index.js',
  'packages/native/dist/index.js',
  'packages/io/dist/index.js',
  'packages/report/dist/index.js',
  'packages/onnx/dist/index.js',
  'packages/cli/dist/main.js',
];

/** Folders inside the inputs whose files an installation or a build has written. */
const WRITTEN_FOLDERS = new Set(['node_modules', 'build', 'generated']);

/** Folders and files. If one of them changes, a build is needed. */
const INPUTS = [
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.emit.json',
  'tsconfig.json',
  ...['core', 'native', 'io', 'report', 'onnx', 'cli'].flatMap((name) => [
    `packages/${name}/src`,
    `packages/${name}/tsconfig.build.json`,
    `packages/${name}/package.json`,
  ]),
  'scripts/bundle.mjs',
  'packages/kernels',
  'packages/native/addon',
  'packages/native/compile',
];

/** Installs and builds if something is missing or out of date. If that fails, it ends the process with a line of advice. */
export function prepare() {
  checkNode();
  installIfStale();
  buildIfStale();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = MINIMUM_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  console.error(
    `vinculum needs Node ${needMajor}.${needMinor} or newer; this is ${process.versions.node}.`,
  );
  process.exit(1);
}

/** Runs `npm ci` if node_modules does not hold what package-lock.json asks for. */
export function installIfStale() {
  if (isInstalled()) return;
  console.error('Installing the packages of package-lock.json (npm ci) …');
  runNpm(['ci', '--no-audit', '--no-fund'], {
    quietOutput: true,
    remedy: 'npm ci failed: see its message above; it needs the npm registry. Then run this again.',
  });
}

/**
 * Links the packages of this repository into node_modules where a link is missing, as npm would: a package that came with
 * the last pull needs no registry.
 */
export function linkPackages() {
  for (const [path, entry] of Object.entries(readPackages('package-lock.json') ?? {})) {
    const link = join(ROOT, path);
    const { link: isLink, resolved } = entry;
    if (!isLink || resolved === undefined || existsSync(link)) continue;
    if (!existsSync(join(ROOT, 'node_modules'))) return;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(ROOT, resolved)), link, 'junction');
  }
}

function isInstalled() {
  linkPackages();
  const wanted = readPackages('package-lock.json');
  const present = readPackages('node_modules/.package-lock.json');
  return wanted !== undefined && present !== undefined && holdsPackages(present, wanted);
}

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {boolean} [link] - to a package of this repository, at `resolved`
 * @property {string} [resolved]
 */

/** @typedef {Record<string, LockEntry>} Packages */

/**
 * Compares the versions of the packages, and not file times, because a checkout changes those. npm writes the list of the
 * installed packages to node_modules/.package-lock.json. Optional packages may be missing there, because most of them
 * are builds for other machines.
 *
 * @param {Packages} present - `packages` of the installed packages' lock file
 * @param {Packages} wanted - `packages` of the lock file
 * @returns {boolean} whether every wanted package is present in its version
 */
export function holdsPackages(present, wanted) {
  return Object.entries(wanted).every(([path, entry]) => {
    const ours = !path.includes('node_modules/') || entry.link;
    if (ours || entry.optional || entry.devOptional) return true;
    const found = present[path];
    return found !== undefined && found.version === entry.version;
  });
}

/**
 * @param {string} file
 * @returns {Packages | undefined}
 */
function readPackages(file) {
  const path = join(ROOT, file);
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/** Builds if a source, a setting or the lock changed since the last build that succeeded. */
export function buildIfStale() {
  const stamp = fingerprint();
  const complete = OUTPUTS.every((path) => existsSync(join(ROOT, path)));
  if (complete && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  console.error('Building …');
  run(process.execPath, ['scripts/build.mjs'], {
    quietOutput: true,
    remedy: 'The build failed: see the messages above; `npm run build` repeats it alone.',
  });
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, stamp);
}

/** A hash of path, size and modification time of every input of the build. */
function fingerprint() {
  const hash = createHash('sha256').update(process.versions.node);
  for (const input of INPUTS) addToHash(hash, join(ROOT, input));
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path
 */
function addToHash(hash, path) {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return;
  if (entry.isDirectory()) {
    for (const name of readdirSync(path).toSorted()) {
      if (!WRITTEN_FOLDERS.has(name)) addToHash(hash, join(path, name));
    }
  } else if (!path.endsWith('.generated.ts') && !path.endsWith('.test.ts')) {
    hash.update(`${path}\n${entry.size}\n${entry.mtimeMs}\n`);
  }
}
