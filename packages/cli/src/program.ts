/**
 * The commands of `vinculum`, in the order of the help. A command is a folder in `commands/` and a row here; the
 * recipe is docs/adding-a-command.md.
 */
import { defineCommand, type CommandRow } from './command-line/definition.ts';

/** Every command. */
export const COMMANDS: readonly CommandRow[] = [
  defineCommand({
    name: 'train',
    summary: 'train a network on a table and save it',
    line: () => import('./commands/train/flags.ts'),
    run: async () => (await import('./commands/train/command.ts')).train,
  }),
  defineCommand({
    name: 'cv',
    summary: 'measure by cross-validation how well a training would predict new rows',
    line: () => import('./commands/cv/flags.ts'),
    run: async () => (await import('./commands/cv/command.ts')).cv,
  }),
  defineCommand({
    name: 'tune',
    summary: 'search the settings with which a training predicts best',
    line: () => import('./commands/tune/flags.ts'),
    run: async () => (await import('./commands/tune/command.ts')).tune,
  }),
  defineCommand({
    name: 'predict',
    summary: 'predict each row of a table',
    line: () => import('./commands/predict/flags.ts'),
    run: async () => (await import('./commands/predict/command.ts')).predict,
  }),
  defineCommand({
    name: 'evaluate',
    summary: 'measure a model on a table with targets',
    line: () => import('./commands/evaluate/flags.ts'),
    run: async () => (await import('./commands/evaluate/command.ts')).evaluate,
  }),
  defineCommand({
    name: 'report',
    summary: 'make the page of a run again, or of a model on a table with targets',
    line: () => import('./commands/report/flags.ts'),
    run: async () => (await import('./commands/report/command.ts')).report,
  }),
  defineCommand({
    name: 'runs',
    summary: 'list the runs with their scores',
    line: () => import('./commands/runs/flags.ts'),
    run: async () => (await import('./commands/runs/command.ts')).runs,
  }),
  defineCommand({
    name: 'compare',
    summary: 'show runs side by side: scores, the best of them, and the settings that differ',
    line: () => import('./commands/compare/flags.ts'),
    run: async () => (await import('./commands/compare/command.ts')).compare,
  }),
  defineCommand({
    name: 'explain',
    summary: 'print forward, backward and update of a row or batch, equation by equation',
    line: () => import('./commands/explain/flags.ts'),
    run: async () => (await import('./commands/explain/command.ts')).explain,
  }),
  defineCommand({
    name: 'check',
    summary:
      'verify the mathematics on this machine: known answers, gradients, backends; or the gradients of a model on its data',
    line: () => import('./commands/check/flags.ts'),
    run: async () => (await import('./commands/check/command.ts')).check,
  }),
  defineCommand({
    name: 'describe',
    summary: 'show what a table holds, why, and what is suspicious, before training',
    line: () => import('./commands/describe/flags.ts'),
    run: async () => (await import('./commands/describe/command.ts')).describe,
  }),
  defineCommand({
    name: 'inspect',
    summary: 'show what a model file holds',
    line: () => import('./commands/inspect/flags.ts'),
    run: async () => (await import('./commands/inspect/command.ts')).inspect,
  }),
  defineCommand({
    name: 'export',
    summary: 'write a model as a file that other programs read, such as ONNX',
    line: () => import('./commands/export/flags.ts'),
    run: async () => (await import('./commands/export/command.ts')).exportModel,
  }),
  defineCommand({
    name: 'import',
    summary: 'make a model of the file of another program',
    line: () => import('./commands/import/flags.ts'),
    run: async () => (await import('./commands/import/command.ts')).importModel,
  }),
  defineCommand({
    name: 'doctor',
    summary: 'show versions, backends and settings, and run a small self-test',
    line: () => import('./commands/doctor/flags.ts'),
    run: async () => (await import('./commands/doctor/command.ts')).doctor,
  }),
  defineCommand({
    name: 'completion',
    summary: 'print the script by which a shell completes names and words',
    line: () => import('./commands/completion/flags.ts'),
    run: async () => (await import('./commands/completion/command.ts')).completion,
  }),
];
