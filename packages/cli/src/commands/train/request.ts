/** What the commands that train have in common once their rows are read: the request to the recipe, and the words for the task. */
import type { TrainPlan } from 'vinculum';
import { listed, type RecipeRequest } from 'vinculum/internal';
import { quoted } from '../../labelled-rows.ts';
import type { TrainingData } from './rows.ts';

/**
 * The rows and the plan as the recipe takes them.
 *
 * @param where - the name of the command, for messages
 */
export function requestOf(
  where: string,
  { task, classes, numbers }: Pick<TrainingData, 'task' | 'classes' | 'numbers'>,
  plan: TrainPlan,
): Omit<RecipeRequest, 'run'> {
  return {
    where,
    plan,
    known: numbers,
    outputs: task === 'classification' ? classes.length : numbers.columns,
    // The only class weights of the command are 'balanced', which need no list of classes.
    classWeights: plan.classWeights === 'balanced' ? 'balanced' : undefined,
  };
}

/** The line that says what is learned, and why. */
export function taskNote({ task, reason, classes, known }: TrainingData): string {
  const names =
    task !== 'classification' ? '' : `; ${classes.length} classes: ${listed(classes.map(String))}`;
  return `task: ${task} of ${quoted(known.targets.map(({ name }) => name))} (${reason})${names}`;
}
