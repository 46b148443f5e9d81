/**
 * Runs of clang in a process of their own, started by toolchain.mjs. clang is a WebAssembly module of 75 MB here. V8 would
 * spend more time on optimising it than one build can win back, so this process compiles WebAssembly with V8's first
 * compiler only: all kernels take 8 instead of 19 seconds of CPU time. V8's flags belong to the whole process, and tests and
 * benchmarks that compile kernels also run them, so the flag may not be set there.
 *
 * The parent sends one message, the arguments of each run and the files of clang's virtual directory. The answer holds the
 * modules that clang linked up to the first run that it refused, and its messages.
 */
import { setFlagsFromString } from 'node:v8';
import { commands, runLLVM } from '@yowasp/clang';

setFlagsFromString('--liftoff-only');

process.once('message', (request) => {
  const { runs, files } = /** @type {{ runs: string[][], files: Record<string, string> }} */ (
    request
  );
  void answer(runs, files).then((modules) => process.send?.(modules, () => process.disconnect()));
});

/**
 * @param {string[][]} runs - the arguments of each run
 * @param {Record<string, string>} files - the virtual directory of all of them
 * @returns {Promise<import('./toolchain.mjs').ClangAnswer>}
 */
async function answer(runs, files) {
  /** @type {Uint8Array[]} */
  const modules = [];
  const decoder = new TextDecoder();
  let messages = '';
  try {
    // Loads the toolchain; without this first call it reports its progress on stdout.
    await runLLVM(undefined, undefined, { fetchProgress: () => {} });
    for (const args of runs) {
      const tree = await commands.clang([...args, '-o', 'linked.wasm'], files, {
        stderr: (bytes) => {
          if (bytes !== null) messages += decoder.decode(bytes);
        },
      });
      const module = tree?.['linked.wasm'];
      if (!(module instanceof Uint8Array)) throw new Error('clang wrote no module.');
      modules.push(module);
    }
  } catch (error) {
    if (messages === '') messages = String(error);
  }
  return { modules, messages };
}
