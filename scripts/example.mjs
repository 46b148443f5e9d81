/**
 * `npm run example NAME` runs `examples/<name>.ts`. Node 20 does not read TypeScript, so the script removes the types and
 * runs the resulting file from `runs/`, where `vinculum` is the build of this repository.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './command.mjs';
import { prepare } from './setup.mjs';

const [name = ''] = process.argv.slice(2);
const program = join(ROOT, 'examples', `${name}.ts`);
if (!existsSync(program)) {
  const known = readdirSync(join(ROOT, 'examples')).filter((file) => file.endsWith('.ts'));
  console.error(
    `example: NAME must be one of ${known.map((file) => file.replace('.ts', '')).join(', ')}; got '${name}'.`,
  );
  process.exit(2);
}
prepare();
const { default: ts } = await import('typescript');
const { outputText } = ts.transpileModule(readFileSync(program, 'utf8'), {
  compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
});
const folder = join(ROOT, 'runs/examples');
mkdirSync(folder, { recursive: true });
const script = join(folder, `${name}.mjs`);
writeFileSync(script, outputText);
run(process.execPath, [script]);
