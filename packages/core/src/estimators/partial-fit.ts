/**
 * `partialFit`: one pass over the given rows, from where the networks are. The first pass of a model that knows nothing learns the
 * preparation from its rows and begins new networks; later passes use the same preparation, so that an input keeps its meaning.
 * Each network is trained on a copy, which takes its place only if the pass succeeds.
 */
import { selectMatrixRows } from '../arrays/select-rows.ts';
import { range } from '../arrays/split.ts';
import {
  currentParameters,
  network,
  restoreNetwork,
  stateOf,
  type Network,
} from '../model/network.ts';
import { penaltyOf } from '../optim/decay.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { NO_HISTORY, type EpochRecord, type History } from '../train/history.ts';
import { Pause } from '../train/pause.ts';
import type { StepOptions } from '../train/settings.ts';
import { trainer, type Batch, type StepResult, type Trainer } from '../train/trainer.ts';
import type { TrainerState } from '../train/trainer-state.ts';
import { rangeError } from '../words/fault.ts';
import { layersOf } from './layers.ts';
import type { Learned } from './learned.ts';
import { equalWeights, wholeRecipes, type TrainedMember } from './kept-members.ts';
import { membersOf, plannedAgain, planOfMember, type Member } from './members.ts';
import { batchSizeFor } from './plan.ts';
import { pickTargets, pickWeights, prepareRows, type PreparedRows } from './prepared-rows.ts';
import type { RecipeRequest } from './recipe-request.ts';
import { asInput, checkSomeRows } from './rows.ts';
import { stepOptionsOf } from './step-options.ts';

/**
 * One pass over the rows.
 *
 * @param from - of the model before; undefined for a model that knows nothing
 * @throws as `learn` does; then the networks of `from` are unchanged
 */
export async function learnFurther(
  request: RecipeRequest,
  from: Learned | undefined,
): Promise<Learned & { readonly histories: readonly [History, ...History[]] }> {
  const { where, plan, run } = request;
  if (plan.lbfgs !== undefined) {
    throw rangeError({
      where,
      subject: 'partialFit',
      rule: "must go with solver 'adam' or 'sgd'",
      got: "solver 'lbfgs', which needs all rows at once",
    });
  }
  if (plan.classWeights === 'balanced') {
    throw rangeError({
      where,
      subject: 'classWeight',
      rule: 'must name the factors',
      got: "'balanced', which needs all rows at once",
    });
  }
  const rows = request.known.targets.length / request.known.columns;
  checkSomeRows(where, rows);
  const prepared = await prepareRows(request, range(0, rows), from);
  const planned = from === undefined ? plan : plannedAgain(from.followed ?? plan, from);
  const members = membersOf(planned, from?.recipeWeights);
  const begun: Pass[] = [];
  for (const [index, member] of members.entries()) {
    if (run.signal?.aborted === true && index > 0 && from === undefined) break;
    const own = { ...request, plan: planOfMember(planned, member) };
    begun.push(await passOf(own, prepared, member, from, index));
  }
  const passes = wholeRecipes(members, begun);
  const recipeWeights = from?.recipeWeights ?? equalWeights(planned, passes);
  return {
    networks: passes.map((one) => one.network) as [Network, ...Network[]],
    histories: passes.map((one) => one.history) as [History, ...History[]],
    optimiserStates: passes.map((one) => one.state),
    ...(recipeWeights && { recipeWeights }),
    ...(from?.followed && { followed: from.followed }),
    preparation: prepared.preparation,
    targetScaler: prepared.targetScaler,
  };
}

/** The results of a pass of one network. */
interface Pass extends TrainedMember {
  readonly state: TrainerState;
}

async function passOf(
  request: RecipeRequest,
  prepared: PreparedRows,
  member: Member,
  from: Learned | undefined,
  index: number,
): Promise<Pass> {
  const { plan, outputs, run } = request;
  const known = from?.networks[index];
  const net =
    known === undefined
      ? network({
          inputs: prepared.preparation.width,
          layers: layersOf(plan, prepared.preparation, outputs, prepared.inputs.rows),
          seed: member.seed,
        })
      : restoreNetwork(known.spec, known.parameters());
  const history = from?.histories?.[index] ?? NO_HISTORY;
  const start = performance.now();
  const batchSize = batchSizeFor(plan, prepared.inputs.rows);
  const options = stepOptionsOf(request, batchSize);
  const steps = trainer(net, {
    ...options,
    seed: member.seed,
    backend: run.backend ?? 'auto',
    ...(run.threads === undefined ? {} : { threads: run.threads }),
  });
  try {
    const before = from?.optimiserStates?.[index];
    if (before !== undefined) steps.restore(before);
    const order = range(0, prepared.inputs.rows);
    const epoch = history.epochs.length + 1;
    if (plan.shuffle) shuffleRows(order, member.seed, epoch);
    const { loss, last } = await pass(request, steps, prepared, order, batchSize);
    const record: EpochRecord = {
      epoch,
      loss,
      metrics: {},
      learningRate: steps.learningRate,
      gradientNorm: last.gradientNorm,
      penalty: penaltyNow(net, options),
      seconds: (performance.now() - start) / 1000,
    };
    return { member, network: net, history: withEpoch(history, record), state: steps.state() };
  } finally {
    steps.close();
  }
}

/** The steps of a pass, with turns for the event loop; the signal ends it after a step. */
async function pass(
  request: RecipeRequest,
  steps: Trainer,
  { inputs, targets }: PreparedRows,
  order: Uint32Array,
  batchSize: number,
): Promise<{ readonly loss: number; readonly last: StepResult }> {
  const { columns, sampleWeights } = request.known;
  const lossWeights = lossWeightsOf(request);
  const pause = new Pause();
  let [sum, weights, done] = [0, 0, 0];
  let last: StepResult = { step: steps.steps, loss: 0, gradientNorm: 0, updated: false };
  try {
    while (done < order.length) {
      const rows = order.subarray(done, done + batchSize);
      const own = pickWeights(sampleWeights, rows);
      const batch: Batch = {
        x: asInput(selectMatrixRows(inputs, rows)),
        y: { data: pickTargets({ targets, columns }, rows), shape: [rows.length, columns] },
        ...(own && { sampleWeights: own }),
      };
      last = steps.step(batch);
      const weight =
        pickWeights(lossWeights, rows)?.reduce((total, one) => total + one, 0) ?? rows.length;
      sum += last.loss * weight;
      weights += weight;
      done += rows.length;
      if (request.run.signal?.aborted === true) break;
      if (pause.dueAfterStep()) await pause.turn();
    }
  } finally {
    pause.close();
  }
  return { loss: weights === 0 ? 0 : sum / weights, last };
}

/** How much each row counts in the loss: class weight × sample weight; undefined if each counts once. */
function lossWeightsOf({ known, classWeights }: RecipeRequest): ArrayLike<number> | undefined {
  const { targets, sampleWeights } = known;
  if (typeof classWeights !== 'object') return sampleWeights;
  return Float64Array.from(
    targets,
    (index, row) => classWeights[index]! * (sampleWeights?.[row] ?? 1),
  );
}

/** ½·l2·Σw² + l1·Σ|w| of the present weights. */
function penaltyNow(net: Network, { l1 = 0, l2 = 0 }: StepOptions): number {
  const state = stateOf('partialFit', net);
  return penaltyOf(currentParameters(state).subarray(0, state.layout.decayingCount), l1, l2);
}

/** A history with one more epoch; the first with the smallest loss is the best. */
function withEpoch(history: History, record: EpochRecord): History {
  const epochs = [...history.epochs, record];
  const losses = epochs.map(({ loss }) => loss);
  const best = losses.reduce((least, loss) => (loss < least ? loss : least), Infinity);
  return { ...history, epochs, bestEpoch: losses.indexOf(best) + 1, stoppedBy: 'epochs' };
}
