/**
 * The process in which clang runs; clang.mjs starts it. clang is a WebAssembly module of 75 MB here. V8 would spend more time on
 * optimising it than a build can win back, so this process compiles WebAssembly with V8's first compiler only: all kernels take 8
 * instead of 19 seconds of CPU time. V8's flags belong to the whole process, and tests and benchmarks that compile kernels
 * also run them, so the flag may not be set there.
 *
 * Each message holds the arguments of a run and the files of clang's virtual directory.
 */
import { setFlagsFromString } from 'node:v8';
import { commands, runLLVM } from '@yowasp/clang';

setFlagsFromString('--liftoff-only');

// Loads the toolchain; without this first call it reports its progress on stdout.
const loaded = runLLVM(undefined, undefined, { fetchProgress: () => {} });

process.on('message', (request) => {
  const { args, files } =
    /** @type {{ args: string[], files: Record<string, string | Uint8Array> }} */ (request);
  void run(args, files).then((answer) => process.send?.(answer));
});

/**
 * @param {string[]} args - of clang
 * @param {Record<string, string | Uint8Array>} files - its virtual directory
 * @returns {Promise<import('./clang.mjs').ClangAnswer>}
 */
async function run(args, files) {
  let messages = '';
  const decoder = new TextDecoder();
  try {
    await loaded;
    const tree = await commands.clang(args, files, {
      stderr: (bytes) => {
        if (bytes !== null) messages += decoder.decode(bytes);
      },
    });
    /** @type {Record<string, Uint8Array>} */
    const written = {};
    for (const [name, content] of Object.entries(tree ?? {})) {
      if (!(name in files) && content instanceof Uint8Array) written[name] = content;
    }
    return { written, messages };
  } catch (error) {
    return { written: undefined, messages: messages || String(error) };
  }
}
