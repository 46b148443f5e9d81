/**
 * A process that measures one side. It reads a line `{ work, seconds }`, does the work for about that time and answers
 * `{ seconds }` for one step, epoch or prediction. While other sides are measured, it waits for its next line.
 *
 *     node side.mjs MODULE [ARGUMENT …]
 *
 * The module exports `describe()`, which returns the version as text, and `prepare(work, …arguments)`. The latter returns a
 * function that does the work a given number of times and resolves with the seconds of one repetition. It throws an error if
 * the side cannot do this work.
 */
import { createInterface } from 'node:readline';

const [file = '', ...given] = process.argv.slice(2);
/** @type {{ describe(...given: string[]): string, prepare(work: object, ...given: string[]): Promise<Repeat> }} */
const side = await import(new URL(file, import.meta.url).href);

/** @typedef {(times: number) => Promise<number>} Repeat */

/** From so many seconds on a repetition needs no warm-up, because the engine compiles its loops in a small part of that time. */
const SLOW = 2;

/** @type {Map<string, { repeat: Repeat, times: number }>} */
const prepared = new Map();

say({ version: side.describe(...given) });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { work, seconds } = JSON.parse(line);
    const each = await measure(work, seconds);
    await rest();
    say({ seconds: each });
  } catch (error) {
    say({ fault: /** @type {Error} */ (error).message.split('\n')[0] });
  }
}
process.exit(0);

/** Waits until no thread of this process works, because an idle pool polls for a while and would slow the next side. */
async function rest() {
  for (let turn = 0; turn < 50; turn++) {
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { user, system } = process.cpuUsage(before);
    if (user + system < 1000) return;
  }
}

/** @param {object} answer */
function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/**
 * @param {{ name: string }} work
 * @param {number} seconds - about how long to work
 */
async function measure(work, seconds) {
  let entry = prepared.get(work.name);
  if (entry === undefined) {
    const repeat = await side.prepare(work, ...given);
    // A warm-up, because engines compile code only after some calls and libraries choose their kernels at first.
    let times = 1;
    let each = await repeat(1);
    for (let spent = each > SLOW ? seconds : 0; spent < 0.7 * seconds; spent += each * times) {
      times = Math.max(1, Math.min(100_000, Math.round((0.3 * seconds) / each)));
      each = await repeat(times);
    }
    entry = { repeat, times: Math.max(1, Math.round(seconds / each)) };
    prepared.set(work.name, entry);
  }
  return entry.repeat(entry.times);
}
