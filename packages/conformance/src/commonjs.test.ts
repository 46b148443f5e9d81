/** The core inside a CommonJS bundle for a server, as esbuild makes it: `import.meta` is empty there. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';

const ENTRY = fileURLToPath(import.meta.resolve('vinculum'));

const PROGRAM = `
import { dense, network, predictor } from ${JSON.stringify(ENTRY)};
const net = network({ inputs: 2, layers: [dense(2)], seed: 1 });
const [first] = predictor(net, { backend: 'wasm' }).predict([[1, 2]]).data;
console.log(first === net.predict([[1, 2]]).data[0] ? 'same' : 'other');
`;

test.each(['undefined', '""'])('WebAssembly works where import.meta.url is %s', async (url) => {
  const folder = await mkdtemp(join(tmpdir(), 'vinculum-commonjs-'));
  try {
    await writeFile(join(folder, 'program.mjs'), PROGRAM);
    const bundle = await rolldown({
      input: join(folder, 'program.mjs'),
      platform: 'node',
      external: [/^node:/, '@vinculum/native', 'vinculum/fused'],
      transform: { define: { 'import.meta.url': url } },
    });
    const file = join(folder, 'program.cjs');
    await bundle.write({ file, format: 'cjs' });
    await bundle.close();
    expect(execFileSync(process.execPath, [file], { encoding: 'utf8' }).trim()).toBe('same');
  } finally {
    await rm(folder, { recursive: true });
  }
});
