/**
 * Finds the examples of the documents and of the docstrings and makes a module of each, so that the tests can check
 * its types and run it. What an example claims in a comment becomes a check:
 *
 *     erfc(0); // 1                                  the value
 *     console.log(net.parameterCount); // 42         what is printed
 *     network({ inputs: 0 }); // RangeError: …       what is thrown, with the message or its beginning (…)
 *
 * An example may use the names that its own file exports, those of `vinculum` and `@vinculum/io`, and the values of
 * `claims.ts`. In a document a block without imports continues the block before it. A block that is marked `ts no-run` is
 * compiled but not run.
 */
import ts from 'typescript';

/** One example. */
export interface Snippet {
  /** Its file, relative to the root, and its first line. */
  readonly place: string;
  readonly code: string;
  /** The source file whose exports it may use without an import. */
  readonly source: string | undefined;
  readonly runs: boolean;
}

/** The `ts` blocks of a Markdown document. */
export function markdownSnippets(path: string, text: string): Snippet[] {
  const snippets: { place: string; code: string; source: undefined; runs: boolean }[] = [];
  for (const match of text.matchAll(/^```ts( no-run)?\n([\s\S]*?)^```$/gm)) {
    const code = match[2]!;
    const runs = match[1] === undefined;
    const last = snippets.at(-1);
    if (runs && last?.runs === true && !/^import /m.test(code)) {
      last.code += code;
      continue;
    }
    const place = `${path}:${text.slice(0, match.index).split('\n').length + 1}`;
    snippets.push({ place, code, source: undefined, runs });
  }
  return snippets;
}

/** The `@example` blocks of a source file. */
export function docstringSnippets(path: string, text: string, typesOnly: RegExp): Snippet[] {
  const snippets: Snippet[] = [];
  const block =
    /^\s*\* @example\n((?:\s*\*(?:[ \t][^\n]*)?\n)*?)(?=\s*\*\/|\s*\* @|\s*\* Source)/gm;
  for (const match of text.matchAll(block)) {
    const code = match[1]!.replaceAll(/^\s*\* ?/gm, '');
    const place = `${path}:${text.slice(0, match.index).split('\n').length + 1}`;
    snippets.push({ place, code, source: path, runs: !typesOnly.test(code) });
  }
  return snippets;
}

/** The names that each module exports, by the path from which they are imported. */
export type Offers = ReadonlyMap<string, readonly string[]>;

/**
 * The module of a snippet; its default export runs it.
 *
 * @param offers - the names that may be used without an import; the first module that has a name is imported
 * @param context - the names of `claims.ts`
 * @param testing - the path from the module to this folder
 */
export function asModule(
  { code, source }: Snippet,
  offers: Offers,
  context: readonly string[],
  testing: string,
): string {
  const imports = code.match(/^import [\s\S]*?;$/gm) ?? [];
  const body = claims(code.replaceAll(/^import [\s\S]*?;$/gm, ''));
  const declared = declaredNames(code);
  const free = usedNames(body).filter((name) => !declared.has(name));
  const lines = [
    `import { context, printed, same, throws } from '${testing}/claims.ts';`,
    ...imports,
  ];
  const found = new Set(imports.flatMap((line) => usedNames(line)));
  if (source !== undefined) {
    for (const [path, names] of offers) {
      const wanted = free.filter((name) => names.includes(name) && !found.has(name));
      for (const name of wanted) found.add(name);
      if (wanted.length > 0) lines.push(`import { ${wanted.join(', ')} } from '${path}';`);
    }
  }
  const values = free.filter((name) => context.includes(name) && !found.has(name));
  return [
    ...lines,
    'void [context, printed, same, throws];',
    'export default async function run(): Promise<void> {',
    ...values.map((name) => `const ${name} = await context.${name}(); void ${name};`),
    '{',
    body,
    '}',
    '}',
  ].join('\n');
}

const ERRORS =
  'TypeError|RangeError|VinculumError|DataError|NonFiniteError|ModelFormatError|BackendUnavailableError';

/** Turns the claims of comments into checks. A claim is at the end of a statement's last line, or in the line below it. */
function claims(code: string): string {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const changes: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node)) {
      const claim = /^[ \t]*(?:\n[ \t]*)?\/\/ (.*)/.exec(code.slice(node.end))?.[1];
      const check = claim === undefined ? undefined : checkOf(node.expression, file, claim);
      if (check !== undefined)
        changes.push({ start: node.getStart(file), end: node.end, text: check });
    }
    node.forEachChild(visit);
  };
  visit(file);
  let text = code;
  for (const { start, end, text: check } of changes.toReversed()) {
    text = text.slice(0, start) + check + text.slice(end);
  }
  return text;
}

/**
 * The check that replaces a statement. It is one line, so that a type error in a statement that must throw can be
 * recognised by its line.
 */
function checkOf(node: ts.Expression, file: ts.SourceFile, claim: string): string | undefined {
  const expression = node.getText(file).replaceAll(/\n\s*/g, ' ');
  const thrown = new RegExp(`^(${ERRORS}): (.*)$`).exec(claim);
  if (thrown !== null) {
    return `await throws(async () => ${expression}, '${thrown[1]}', ${JSON.stringify(thrown[2])}); /* throws */`;
  }
  const print = /^console\.log\((.*)\)$/.exec(expression);
  if (print !== null) return `printed(${JSON.stringify(claim)}, ${print[1]});`;
  const literal = /^(?:-?[\d.]+(?:e[+-]?\d+)?|true|false|'[^']*'|\[.*\])$/.test(claim);
  return literal ? `same(${expression}, ${claim});` : undefined;
}

function withoutText(code: string): string {
  return code.replaceAll(/'(?:\\.|[^'\\\n])*'|`[^`]*`|\/\/.*$/gm, '');
}

function usedNames(code: string): string[] {
  return [...new Set(withoutText(code).match(/(?<![.\w$])[A-Za-z_$][\w$]*/g) ?? [])];
}

function declaredNames(code: string): Set<string> {
  const names = new Set<string>();
  for (const match of withoutText(code).matchAll(/\b(?:const|let|using)\s+(\{[^}]*\}|[\w$]+)/g)) {
    for (const name of match[1]!.matchAll(/[A-Za-z_$][\w$]*(?=\s*[,}]|$)/g)) names.add(name[0]);
  }
  return names;
}
