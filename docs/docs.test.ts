/**
 * Every example of the documents and of the public docstrings is checked by the compiler and run, and the claims of its
 * comments must be true. Links are checked too. testing/snippets.ts makes a module of an example.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { judgeLinks } from '../scripts/check-docs.mjs';
import { asModule, docstringSnippets, markdownSnippets, type Snippet } from './testing/snippets.ts';
import { context } from './testing/claims.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Examples that are compiled but not run, because they read stdin or files that do not exist here. */
const TYPES_ONLY = /process\.stdin|readFashionMnist\(|readFile\(/;

const TRACKED = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const DOCUMENTS = TRACKED.filter((path) =>
  /^[^/]+\.md$|^(?:docs|examples)\/.*\.md$|^packages\/[^/]+\/README\.md$/.test(path),
);
const SOURCES = TRACKED.filter((path) =>
  /^packages\/(core|io)\/src\/.*(?<!\.test|\.d)\.ts$/.test(path),
);

const SNIPPETS: readonly Snippet[] = [
  ...DOCUMENTS.flatMap((path) => markdownSnippets(path, read(path))),
  ...SOURCES.flatMap((path) => docstringSnippets(path, read(path), TYPES_ONLY)),
];

/** The modules are written to `runs/`, because git and every check ignore it and the aliases of vitest.config.ts apply there. */
mkdirSync(join(ROOT, 'runs'), { recursive: true });
const FOLDER = mkdtempSync(join(ROOT, 'runs/examples-'));
const moduleOf = (index: number): string => join(FOLDER, `example-${index}.ts`);

beforeAll(async () => {
  const names = Object.keys(context);
  const library: [string, readonly string[]][] = [];
  for (const path of ['vinculum', '@vinculum/io']) {
    library.push([path, Object.keys((await import(path)) as object)]);
  }
  for (const [index, snippet] of SNIPPETS.entries()) {
    const offers = new Map(library);
    if (snippet.source !== undefined) {
      const path = relative(FOLDER, join(ROOT, snippet.source)).replaceAll('\\', '/');
      const own = (await import(pathToFileURL(join(ROOT, snippet.source)).href)) as Readonly<
        Record<string, unknown>
      >;
      const nearest = new Map([[path, Object.keys(own)], ...library]);
      writeFileSync(moduleOf(index), asModule(snippet, nearest, names, '../../docs/testing'));
      continue;
    }
    writeFileSync(moduleOf(index), asModule(snippet, offers, names, '../../docs/testing'));
  }
}, 120_000);

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('the examples', () => {
  test('exist in the README, the documents and the docstrings', () => {
    const places = SNIPPETS.map(({ place }) => place);
    expect(places.some((place) => place.startsWith('README.md'))).toBe(true);
    expect(places.filter((place) => place.startsWith('packages/core/')).length).toBeGreaterThan(30);
  });

  test('are all accepted by the compiler', () => {
    expect(typeFaults(SNIPPETS.map((_, index) => moduleOf(index)))).toEqual([]);
  }, 120_000);

  test.each(SNIPPETS.map((snippet, index) => ({ ...snippet, index })).filter(({ runs }) => runs))(
    'of $place runs, and its comments are true',
    async ({ index }) => {
      const home = process.cwd();
      const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
      await inFolderOfItsOwn(index);
      try {
        const { default: run } = (await import(pathToFileURL(moduleOf(index)).href)) as {
          default: () => Promise<void>;
        };
        await expect(run()).resolves.toBeUndefined();
      } finally {
        process.chdir(home);
        log.mockRestore();
      }
    },
  );
});

test.each(DOCUMENTS)('every link of %s leads to a file or heading', (path) => {
  const known = new Set(TRACKED);
  const faults = judgeLinks(path, read(path), (target: string) => {
    const bare = target.replace(/\/$/, '');
    if (known.has(bare)) return read(bare);
    return TRACKED.some((one) => one.startsWith(`${bare}/`)) ? '' : undefined;
  });
  expect(faults).toEqual([]);
});

/** Changes to a new folder with the data of the examples, because an example reads and writes files by relative paths. */
async function inFolderOfItsOwn(index: number): Promise<void> {
  const folder = join(FOLDER, `in-${index}`);
  mkdirSync(folder);
  symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'), 'junction');
  await writeFile(join(folder, 'model.safetensors'), context.bytes());
  process.chdir(folder);
}

/** The compiler's messages about the modules, except those about statements that pass a wrong argument on purpose. */
function typeFaults(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.test.json'), (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram(files, {
    ...options,
    noUnusedLocals: false,
    noUnusedParameters: false,
    allowImportingTsExtensions: true,
  });
  return files.flatMap((file) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .filter(({ start = 0 }) => !lineAt(source.text, start).includes('/* throws */'))
      .map(({ start = 0, messageText }) => {
        const index = files.indexOf(file);
        const text = ts.flattenDiagnosticMessageText(messageText, ' ');
        return `${SNIPPETS[index]!.place}: ${lineAt(source.text, start).trim()}: ${text}`;
      });
  });
}

function lineAt(text: string, position: number): string {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  const end = text.indexOf('\n', position);
  return text.slice(start, end < 0 ? undefined : end);
}
