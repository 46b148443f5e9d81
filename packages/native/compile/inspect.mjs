/**
 * Counts fused multiply-adds in the objects of a build, so that it can be refused: a fused instruction rounds once. The tiles of
 * fused numerics have such instructions, and no other object may have one, because portable numerics round twice on every
 * backend. It reads the output of objdump (binutils, which comes with every Linux compiler).
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** x86: vfmadd132ps …, vfnmsub231sd, and AMD's four-operand forms; ARM: fmla, fmls, fmadd, fnmsub. */
const FUSED = /\t(?:vfn?m(?:add|sub)\w*|fml[as]|fn?m(?:add|sub))\b/g;

/** The object of the fused tiles, for each instruction set that has them. */
const FUSED_TILES = /^fused-tile-/;

/**
 * @param {string} folder - the objects of a build
 * @param {readonly string[]} fusing - the instruction sets that have fused tiles
 * @param {string} [objdump] - the program; objects for another processor need the objdump of that processor
 * @returns {Promise<boolean>} whether they were counted; false if there is no objdump
 * @throws {Error} when an object has fused instructions that must not have any, or the fused tiles have none
 */
export async function checkFused(folder, fusing, objdump = 'objdump') {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.o'))) {
    const count = await countFused(join(folder, name), objdump);
    if (count === undefined) return false;
    const wanted = FUSED_TILES.test(name) && fusing.some((set) => name.endsWith(`-${set}.o`));
    if (count > 0 === wanted) continue;
    const rule = wanted
      ? 'the fused tiles must have fused multiply-adds'
      : 'no object but the fused tiles may have a fused multiply-add';
    throw new Error(`native: ${rule}; ${name} has ${count}.`);
  }
  return true;
}

/**
 * @param {string} path - of an object
 * @param {string} objdump
 * @returns {Promise<number | undefined>} undefined if there is no objdump
 */
async function countFused(path, objdump) {
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
