/**
 * clang, an npm package (LLVM compiled to WebAssembly), in a process of its own: clang-process.mjs says why. The process starts with
 * the first run and serves all later ones, because it takes a second to load clang. It ends with this process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('clang-process.mjs', import.meta.url));

/**
 * What clang-process.mjs answers.
 *
 * @typedef {object} ClangAnswer
 * @property {Record<string, Uint8Array> | undefined} written - the files that clang wrote; undefined if it refused
 * @property {string} messages - clang's own words
 */

/**
 * The process, while there is one.
 *
 * @type {{ process?: import('node:child_process').ChildProcess }}
 */
const clang = {};

/**
 * Ends with the last run that was asked for, because clang runs once at a time.
 *
 * @type {Promise<unknown>}
 */
let last = Promise.resolve();

/**
 * @param {string[]} args - of clang
 * @param {Record<string, string | Uint8Array>} files - its virtual directory
 * @returns {Promise<Record<string, Uint8Array>>} the files that clang wrote
 * @throws {Error} with clang's own words when it refuses a source
 */
export async function runClang(args, files) {
  const run = last.then(() => ask(args, files));
  last = run.catch(() => undefined);
  const { written, messages } = await run;
  if (written === undefined) throw new Error(`clang refused the kernels:\n${messages}`);
  return written;
}

/**
 * @param {string[]} args - of clang
 * @param {Record<string, string | Uint8Array>} files - its virtual directory
 * @returns {Promise<ClangAnswer>}
 */
async function ask(args, files) {
  const child = (clang.process ??= fork(PROGRAM, { execArgv: [], serialization: 'advanced' }));
  child.ref();
  child.channel?.ref();
  const waiting = new AbortController();
  child.once('exit', () => waiting.abort());
  try {
    child.send({ args, files });
    const [answer] = /** @type {[ClangAnswer]} */ (
      await once(child, 'message', { signal: waiting.signal })
    );
    return answer;
  } catch (error) {
    delete clang.process;
    throw new Error('clang ended without an answer.', { cause: error });
  } finally {
    child.removeAllListeners('exit');
    // A process that waits for nothing else may end.
    child.unref();
    child.channel?.unref();
  }
}
