/** Runs one test project at full size, as a step of `npm run check`: `node scripts/check-tests.mjs unit`. */
import { runTests } from './tests.mjs';

const [project = 'unit', ...args] = process.argv.slice(2);
runTests(`check-${project}`, [project], args, { VINCULUM_EXHAUSTIVE: '1' });
