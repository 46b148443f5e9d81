/**
 * Counts fused multiply-adds in machine code, so that the build can refuse them: a fused instruction rounds once, and every
 * other backend rounds twice. It reads the output of objdump (binutils, which comes with every Linux compiler).
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** x86: vfmadd132ps …, vfnmsub231sd, and AMD's four-operand forms; ARM: fmla, fmls, fmadd, fnmsub. */
const FUSED = /\t(?:vfn?m(?:add|sub)\w*|fml[as]|fn?m(?:add|sub))\b/g;

/**
 * @param {string} path - an addon or object
 * @param {string} [objdump] - the program; a file that was built for another processor needs the objdump of that processor
 * @returns {Promise<number | undefined>} undefined if there is no objdump
 */
export async function countFused(path, objdump = 'objdump') {
  let text;
  try {
    ({ stdout: text } = await runFile(objdump, ['-d', '--no-show-raw-insn', path], {
      maxBuffer: 2 ** 30,
    }));
  } catch (error) {
    if (/** @type {{ code?: unknown }} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
  return text.match(FUSED)?.length ?? 0;
}
