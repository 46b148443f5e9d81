/**
 * `vinculum compare RUN…`: runs side by side: their scores with the best marked, and the settings in which they differ. Scores on
 * different rows cannot be compared, so what the runs do not have in common is said first.
 */
import { EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { plainLines } from '@vinculum/report';
import { teller, writeJson } from '../../messages.ts';
import { widthOf } from '../../rendering/width.ts';
import { findRun } from '../../run-folder/find-run.ts';
import { readRun } from '../../run-folder/read-run.ts';
import { bestRuns, compareRuns, type NamedRun } from './comparison.ts';
import type { ComparePlan } from './flags.ts';
import { comparisonText } from './text.ts';

/** Runs the command. */
export async function compare(plan: ComparePlan, host: Host): Promise<number> {
  if (plan.run.length < 2) {
    throw usageFailure(`compare needs at least two runs; got '${plan.run.join('')}'.`, {
      hint: 'vinculum compare runs/penguins runs/penguins-wide',
    });
  }
  const runs: NamedRun[] = [];
  for (const word of plan.run) {
    const { folder, name } = await findRun(word);
    runs.push({ name, folder, run: await readRun(folder) });
  }
  const comparison = compareRuns(runs);
  if (plan.json) {
    const { metrics, settings, caveats } = comparison;
    writeJson(
      {
        schema: 'vinculum.compare/1',
        runs: runs.map(({ name, folder, run }) => ({ name, folder, finished: run.finished })),
        metrics: metrics.map((row) => ({ ...row, best: bestRuns(row) })),
        settings,
        caveats,
      },
      host,
    );
    return EXIT.ok;
  }
  const tell = teller(plan, host);
  for (const caveat of comparison.caveats) tell(`warning: ${caveat}`);
  host.stdout.write(`${plainLines(comparisonText(runs, comparison, widthOf(host.stdout)))}\n`);
  return EXIT.ok;
}
