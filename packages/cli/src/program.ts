/**
 * The commands of `vinculum`, in the order of the help. A command is a folder in `commands/` and a row here; the
 * recipe is docs/adding-a-command.md.
 */
import type { CommandRow } from './command-line/definition.ts';

/** Every command. */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'train',
    summary: 'train a network on a table and save it',
    load: () => import('./commands/train/flags.ts'),
  },
  {
    name: 'predict',
    summary: 'predict each row of a table',
    load: () => import('./commands/predict/flags.ts'),
  },
  {
    name: 'evaluate',
    summary: 'measure a model on a table with targets',
    load: () => import('./commands/evaluate/flags.ts'),
  },
  {
    name: 'explain',
    summary: 'print forward, backward and update of a row or batch, equation by equation',
    load: () => import('./commands/explain/flags.ts'),
  },
  {
    name: 'check',
    summary:
      'verify the mathematics on this machine: known answers, gradients, backends; or the gradients of a model on its data',
    load: () => import('./commands/check/flags.ts'),
  },
  {
    name: 'inspect',
    summary: 'show what a model file holds',
    load: () => import('./commands/inspect/flags.ts'),
  },
  {
    name: 'doctor',
    summary: 'show versions, backends and settings, and run a small self-test',
    load: () => import('./commands/doctor/flags.ts'),
  },
  {
    name: 'completion',
    summary: 'print the script by which a shell completes names and words',
    load: () => import('./commands/completion/flags.ts'),
  },
];
