/**
 * The `console` blocks of the documents: every command is run, in order and in one folder, and must print the lines below
 * it. A line that is only `…` means any lines, and `…` inside a line means any text.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = join(ROOT, 'packages/cli/bin/vinculum.js');

interface Session {
  readonly command: string;
  readonly printed: string;
}

/** The commands of a document's `console` blocks, each with the output that the document shows. */
function sessions(text: string): Session[] {
  const blocks = text.matchAll(/^```console\n([\s\S]*?)^```$/gm);
  return Array.from(blocks, (block) => block[1]!.split(/^\$ /m).slice(1)).flatMap((parts) =>
    parts.map((part) => {
      const [command = '', ...lines] = part.trimEnd().split('\n');
      return { command, printed: lines.join('\n') };
    }),
  );
}

/** The shown output as a pattern: `…` alone on a line matches any lines, elsewhere any text within a line. */
function pattern(printed: string): RegExp {
  const escaped = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  const lines = printed
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(escaped).join('.*')}\n`));
  return new RegExp(`^${lines.join('')}$`);
}

const DOCUMENTS = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && sessions(readFileSync(join(ROOT, path), 'utf8')).length > 0);

test('the README shows commands with their output', () => {
  expect(DOCUMENTS).toContain('README.md');
});

describe.each(DOCUMENTS)('%s', (path) => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vinculum-docs-'));
    symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'), 'junction');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(sessions(readFileSync(join(ROOT, path), 'utf8')))(
    '$command',
    ({ command, printed }) => {
      const words = /^(?:npx )?vinculum (.*)$/.exec(command)?.[1]?.split(' ');
      expect(words, 'a console block runs vinculum').toBeDefined();
      const { stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...words!], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], NO_COLOR: '1', COLUMNS: '100' },
      });
      expect(`${stderr}${stdout}`).toMatch(pattern(printed));
    },
  );
});
