/**
 * Lint rules of this repository for which there is no published rule. They use ESLint's interface for rules, which
 * oxlint's `jsPlugins` supports. Each rule has a failing example in `plugin.test.ts`.
 *
 * - `vinculum/downward-imports`: imports follow `layers.mjs`, inside the core and between packages.
 * - `vinculum/portable-math`: only those functions of `Math` whose result IEEE 754 or ECMAScript defines to the last bit,
 *   and no `**`, because its bits differ between engines (`Math.pow` changed between Node 22 and 24).
 */
import { dirname, posix } from 'node:path';
import { judgeImport, PACKAGE_IMPORTS } from './layers.mjs';

const EXACT_MATH = new Set([
  'abs',
  'sqrt',
  'min',
  'max',
  'floor',
  'ceil',
  'imul',
  'fround',
  'clz32',
]);

/** @param {string} filename */
function placeOf(filename) {
  const match = /(?:^|\/)packages\/([^/]+)\/(.+)$/.exec(filename.replaceAll('\\', '/'));
  return match === null ? undefined : { package: match[1] ?? '', path: match[2] ?? '' };
}

/**
 * @param {any} node - an import or export declaration, or an import expression
 * @returns {boolean} whether the compiler removes it
 */
function isTypeOnly(node) {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = node.specifiers ?? [];
  return (
    specifiers.length > 0 &&
    specifiers.every(
      (/** @type {any} */ one) => one.importKind === 'type' || one.exportKind === 'type',
    )
  );
}

const downwardImports = {
  meta: { type: 'problem', docs: { description: 'Imports point downwards only.' }, schema: [] },
  /** @param {any} context */
  create(context) {
    const place = placeOf(context.filename);
    if (place === undefined) return {};
    /** @param {any} node */
    const check = (node) => {
      const request = node.source?.value;
      if (typeof request !== 'string') return;
      const fault = request.startsWith('.')
        ? judgeRelative(place, request, isTypeOnly(node))
        : judgePackage(place, request);
      if (fault !== undefined) context.report({ node, message: fault });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

/**
 * @param {{ package: string, path: string }} place
 * @param {string} request
 * @param {boolean} typesOnly
 */
function judgeRelative(place, request, typesOnly) {
  const target = posix.normalize(posix.join(dirname(place.path), request));
  if (target.startsWith('..')) {
    // The conformance suite runs the builds of kernels and addon. These are scripts, which have no package name.
    const build = /^\.\.\/(kernels|native)\/compile\/[^/]+\.mjs$/.test(target);
    return place.package === 'conformance' && build
      ? undefined
      : 'A package must import another package by its name, not by a path.';
  }
  if (place.package !== 'core' || !place.path.startsWith('src/')) return undefined;
  return judgeImport(place.path.slice('src/'.length), target.slice('src/'.length), typesOnly);
}

/**
 * @param {{ package: string, path: string }} place
 * @param {string} request
 */
function judgePackage(place, request) {
  if (place.package === 'core' && /^src\/.*(?<!\.test)\.ts$/.test(place.path)) {
    const optional = place.path === 'src/index.node.ts' && request === '@vinculum/native';
    const node = place.path === 'src/index.node.ts' && request.startsWith('node:');
    return optional || node ? undefined : `The core must have no dependency; got '${request}'.`;
  }
  const ours = /^(vinculum|@vinculum\/[^/]+)(?:\/|$)/.exec(request)?.[1];
  /** @type {Record<string, string[]>} */
  const table = PACKAGE_IMPORTS;
  const allowed = table[place.package];
  if (ours === undefined || allowed === undefined || allowed.includes(ours)) return undefined;
  return `packages/${place.package} must not import '${ours}': imports point downwards only.`;
}

const portableMath = {
  meta: {
    type: 'problem',
    docs: { description: 'Only the operations whose bits are the same on every engine.' },
    schema: [],
  },
  /** @param {any} context */
  create(context) {
    /** @param {any} node */
    const power = (node) => {
      if (node.operator === '**' || node.operator === '**=') {
        context.report({
          node,
          message: "'**' differs between engines: multiply, or use elementary/.",
        });
      }
    };
    return {
      BinaryExpression: power,
      AssignmentExpression: power,
      /** @param {any} node */
      Identifier(node) {
        if (node.name !== 'Math') return;
        const parent = node.parent;
        const isPropertyName = parent?.type === 'MemberExpression' && parent.property === node;
        if (isPropertyName && !parent.computed && parent.object?.name !== 'globalThis') return;
        const member =
          parent?.type === 'MemberExpression' && parent.object === node && !parent.computed
            ? parent.property.name
            : undefined;
        if (member !== undefined && EXACT_MATH.has(member)) return;
        context.report({
          node,
          message: `Math${member === undefined ? ' taken whole' : `.${member}`} differs between engines: only ${[...EXACT_MATH].join(', ')} are exact; the rest is in elementary/.`,
        });
      },
    };
  },
};

export default {
  meta: { name: 'vinculum' },
  rules: { 'downward-imports': downwardImports, 'portable-math': portableMath },
};
