/**
 * Loaded into a process before its own program: when the process ends, it writes the seconds that it took of all processors and its most
 * memory, in bytes, to the file that `VINCULUM_BENCH_USAGE` names.
 */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['VINCULUM_BENCH_USAGE'];
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const used = { processor: (userCPUTime + systemCPUTime) / 1e6, memory: 1024 * maxRSS };
    writeFileSync(file, JSON.stringify(used));
  });
}
