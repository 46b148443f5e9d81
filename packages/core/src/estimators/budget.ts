/**
 * How many networks an ensemble has, and how many epochs each may take, for the rows at hand. The rule counts operations and never looks at
 * a clock, so that one seed has one result on every machine. A small table gets all members and epochs of its plan; a larger one fewer, so
 * that no table takes absurdly long.
 */
import type { Matrix } from '../arrays/matrix.ts';
import type { Table } from '../tables/table.ts';
import { ensemblePart } from './members.ts';
import type { TrainPlan } from './plan.ts';
import { countRows } from './rows.ts';

/** A member should be able to take so many epochs; with fewer, fewer members are better. */
const WANTED_EPOCHS = 24;

/** A member may always take so many epochs, whatever the budget says. */
const FEWEST_EPOCHS = 10;

/** A column of text or dates has about so many inputs, one for each level or part. Their true number is known only when the preparation is. */
const INPUTS_OF_TEXT = 8;

/** A weight counts so many operations for each row: a product and a sum, once forwards and twice backwards. */
export const OPERATIONS_PER_WEIGHT = 6;

/**
 * The plan for given rows: with the members and epochs that its budget allows, and without the budget. Members are halved until each could take
 * {@link WANTED_EPOCHS} epochs; then each may take as many epochs as the budget has. The budget is that of all recipes together.
 *
 * @param outputs - of the network
 */
export function sizedPlan(plan: TrainPlan, rows: Table | Matrix, outputs: number): TrainPlan {
  const { budget, ensemble, ...single } = plan;
  if (budget === undefined) return plan;
  const count = countRows(rows);
  const operations = budget.operations + budget.operationsPerRow * count;
  const inputs = inputsOf(rows);
  const recipes = ensemble?.recipes ?? [plan];
  const weights = recipes.reduce(
    (sum, { layers = plan.layers }) => sum + weightsOf(layers, inputs, outputs),
    0,
  );
  const ofEpoch = OPERATIONS_PER_WEIGHT * weights * Math.max(count, 1);
  const { epochs } = plan;
  let members = ensemble?.members ?? 1;
  if (budget.members === true) {
    const wanted = Math.min(WANTED_EPOCHS, epochs) * ofEpoch;
    while (members > 1 && members * wanted > operations) members = Math.floor(members / 2);
  }
  const allowed = Math.max(Math.floor(operations / (members * ofEpoch)), FEWEST_EPOCHS);
  return {
    ...single,
    epochs: budget.epochs === true ? Math.min(epochs, allowed) : epochs,
    ...(members === ensemble?.members
      ? { ensemble }
      : ensemblePart(members, ensemble?.folds !== undefined, ensemble?.recipes)),
  };
}

/** The inputs of the network, about. */
export function inputsOf(rows: Table | Matrix): number {
  if ('data' in rows) return rows.columns;
  return rows.columns.reduce(
    (sum, { kind }) => sum + (kind === 'text' || kind === 'date' ? INPUTS_OF_TEXT : 1),
    0,
  );
}

/** The weights of the dense layers. */
function weightsOf(layers: TrainPlan['layers'], inputs: number, outputs: number): number {
  let weights = 0;
  let width = inputs;
  for (const layer of layers) {
    if (layer.kind !== 'dense') continue;
    weights += width * layer.units;
    width = layer.units;
  }
  return weights + width * outputs;
}
