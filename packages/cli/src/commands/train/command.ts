/**
 * `vinculum train DATA -t TARGET`: trains and saves a model, measures what was saved on the rows held out, and leaves all of it in the
 * folder of the run. The last line on stdout is the result.
 */
import { counted, duration } from '@vinculum/report';
import type { ReportRecord } from '@vinculum/report/page';
import { registeredBackends, type TrainPlan } from 'vinculum';
import { fusedGain, listed, membersOf, type RecipeResult } from 'vinculum/internal';
import type { SettingsInForce } from '../../command-line/definition.ts';
import { checkBackend, chooseCompute, type Computing } from '../../compute.ts';
import { EXIT, SIGNAL_EXIT } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { teller, writeJson, type Tell } from '../../messages.ts';
import { documentOf } from './document.ts';
import type { TrainOptions } from './flags.ts';
import { judge } from './judge.ts';
import { leaveRun, type RunSettings } from './leave-run.ts';
import { planOfFlags, withFlagName, withPreset, type CommandPlan } from './plan.ts';
import { printSummary } from './summary.ts';
import { trainAndSave } from './train-and-save.ts';

/** Runs the command. */
export async function train(
  flags: TrainOptions,
  host: Host,
  _rows: unknown,
  inForce: SettingsInForce,
): Promise<number> {
  try {
    const compute = chooseCompute(flags, host);
    const plan = planOfFlags(flags, compute.numerics);
    const settings = withPreset(flags, inForce.settings);
    if (!flags.printConfig) return await follow(plan, compute, { settings, inForce }, host);
    host.stdout.write(inForce.textOf(settings));
    return EXIT.ok;
  } catch (error) {
    throw withFlagName(error, flags);
  }
}

async function follow(
  plan: CommandPlan,
  compute: Computing,
  run: RunSettings,
  host: Host,
): Promise<number> {
  const began = host.now();
  const tell = teller(plan, host);
  const judged = judge(await trainAndSave(plan, compute, host));
  const { trained, warnings, by } = judged;
  tell(trainedNote(trained));
  for (const note of ensembleNotes(judged.rows.sized, plan, trained)) tell(note);
  hintAtFused(trained, compute, tell);
  for (const { message } of warnings) tell(`warning: ${message}`);
  const print = (report?: ReportRecord): void => {
    if (plan.json) writeJson(documentOf(judged, plan.seed, compute), host);
    else printSummary(host, { ...judged, ...plan, report, data: plan.selection.data });
  };
  let report: ReportRecord | undefined;
  try {
    report = await leaveRun({ ...judged, ...run, plan, compute, began }, host, tell);
  } catch (error) {
    // The result is known although it cannot be written. As JSON it would be a second document beside that of the fault.
    if (!plan.json) print();
    throw error;
  }
  print(report);
  return by === undefined ? EXIT.ok : SIGNAL_EXIT[by];
}

/** What was trained, in one line. */
function trainedNote({ histories, seconds }: RecipeResult): string {
  const [history, ...others] = histories;
  const epochs = histories.reduce((sum, one) => sum + one.epochs.length, 0);
  const time = `${counted(epochs, 'epoch')} in ${duration(seconds)}`;
  if (others.length > 0) {
    const best = histories.map((one) => one.bestEpoch);
    return `trained ${histories.length} networks, ${time}; their weights are those of epochs ${listed(best.map(String))}`;
  }
  const why =
    history.stoppedBy === 'early-stopping' ? ', since the validation loss got no better' : '';
  return `trained ${time}; the weights are those of epoch ${history.bestEpoch}${why}`;
}

/** What the limit of time left out, and how much the networks of each recipe count. */
function ensembleNotes(
  sized: TrainPlan,
  { timeLimit }: CommandPlan,
  { followed, networks, recipeWeights = [] }: RecipeResult,
): string[] {
  const planned = membersOf(sized).length;
  const limited =
    followed === undefined
      ? []
      : [
          `the limit of ${duration(timeLimit ?? 0)} is over: the model has ${networks.length} of ${counted(planned, 'network')}; its file holds what was trained`,
        ];
  const { recipes = [] } = sized.ensemble ?? {};
  const weights = recipeWeights.map(
    ({ recipe, weight }) => `${recipes[recipe]?.name ?? recipe} ${weight.toFixed(3)}`,
  );
  const weighed = weights.length > 0 ? [`weights of the recipes: ${listed(weights)}`] : [];
  return [...limited, ...weighed];
}

/** A run that is shorter than this is fast enough. */
const LONG_SECONDS = 10;

/** Weights of a network whose time is mostly that of its matrix products. */
const WIDE_WEIGHTS = 100_000;

/** A gain that is worth other bits. */
const WORTH_SAYING = 1.2;

/** After a long run with wide layers, says what fused numerics would give on this processor, if it is much. */
function hintAtFused(
  { seconds, networks: [network] }: RecipeResult,
  { backend, numerics }: Computing,
  tell: Tell,
): void {
  if (numerics === 'fused' || network.parameterCount < WIDE_WEIGHTS) return;
  if (seconds < LONG_SECONDS) return;
  const name = checkBackend(backend);
  const used = registeredBackends().find((one) => one.name === name);
  const gain = used && fusedGain(used);
  if (gain === undefined || gain < WORTH_SAYING) return;
  tell(
    `hint: --numerics fused computes the matrix products ${gain.toFixed(1)} times as fast on this processor; its results differ in the last bits, and are as repeatable`,
  );
}
