/**
 * The direction of imports inside `vinculum`, as a table: an import may only name a folder that is above its own folder
 * in this list. `vinculum/downward-imports` enforces it, and docs/architecture.md describes it. A folder that is missing
 * here is an error, so the list always covers the whole tree.
 */

/** The layers of packages/core/src, the lowest first. A layer is a single file, or a folder with all its files. */
const CORE_LAYERS = [
  'words/',
  'elementary/',
  'random/',
  'activations/',
  'losses/',
  'metrics/',
  'init/',
  'program/scalars.ts',
  'optim/',
  'program/',
  'network/',
  'lowering/',
  'backends/names.ts',
  'backends/contract.ts',
  'backends/thread-choice.ts',
  'backends/cpu-quota.ts',
  'backends/reference/',
  'backends/kernels/',
  'backends/wasm/',
  'backends/native/',
  'backends/registry.ts',
  'arrays/',
  'tables/',
  'model/',
  'train/',
  'trace/',
  'estimators/',
  'evaluation/',
  'formats/',
  'internal.ts',
  'index.ts',
  'fused.ts',
  'index.node.ts',
  'index.browser.ts',
];

/**
 * Layers that may not import everything below them. A backend may import only the contract and the arithmetic that it
 * shares with the host, and data preparation may import nothing of networks. Types may come from any lower layer.
 */
const NARROW_LAYERS = {
  'backends/reference/': ['words/', 'elementary/', 'random/', 'backends/contract.ts'],
  'backends/kernels/': ['words/', 'random/', 'backends/contract.ts'],
  'backends/wasm/': [
    'words/',
    'backends/contract.ts',
    'backends/thread-choice.ts',
    'backends/kernels/',
  ],
  'backends/native/': [
    'words/',
    'random/',
    'backends/contract.ts',
    'backends/thread-choice.ts',
    'backends/kernels/',
  ],
  'arrays/': ['words/', 'elementary/', 'random/', 'losses/'],
  'tables/': ['words/', 'elementary/', 'random/', 'arrays/'],
};

/** Which of our packages each package may import, besides itself. */
export const PACKAGE_IMPORTS = {
  core: [],
  kernels: [],
  native: [],
  io: ['vinculum'],
  report: ['vinculum'],
  onnx: ['vinculum'],
  cli: ['vinculum', '@vinculum/io', '@vinculum/report', '@vinculum/onnx'],
  conformance: ['vinculum', '@vinculum/native', '@vinculum/io', '@vinculum/cli'],
};

/**
 * The layer to which a file of the core belongs.
 *
 * @param {string} path - relative to packages/core/src, with forward slashes
 * @returns {string | undefined} an entry of {@link CORE_LAYERS}, or undefined if no entry contains the file
 */
function layerOf(path) {
  return CORE_LAYERS.find((layer) =>
    layer.endsWith('/') ? path.startsWith(layer) : path === layer,
  );
}

/**
 * Judges one import of the core. A test may import every file of the core, because the effect of a layer is often best
 * seen from a higher one.
 *
 * @param {string} from - the importing file, relative to packages/core/src
 * @param {string} to - the imported file, relative to packages/core/src
 * @param {boolean} typesOnly - whether the import is erased when compiled
 * @returns {string | undefined} what is wrong with it, or undefined
 */
export function judgeImport(from, to, typesOnly) {
  if (from.endsWith('.test.ts')) return undefined;
  const source = layerOf(from);
  const target = layerOf(to);
  if (source === undefined) return `${from} belongs to no layer of scripts/lint/layers.mjs.`;
  if (target === undefined) return `${to} belongs to no layer of scripts/lint/layers.mjs.`;
  if (source === target) return undefined;
  if (CORE_LAYERS.indexOf(target) > CORE_LAYERS.indexOf(source)) {
    return `${source} must not import ${target}: imports point downwards only.`;
  }
  /** @type {Record<string, string[]>} */
  const narrow = NARROW_LAYERS;
  const allowed = narrow[source];
  if (allowed !== undefined && !typesOnly && !allowed.includes(target)) {
    return `${source} may import only ${allowed.join(', ')} and types; got ${target}.`;
  }
  return undefined;
}
