/**
 * `vinculum import FILE`: a model of another program as one of ours. The model is run beside the file, and the last line says
 * how far they are from each other.
 */
import { writeFileAtomically } from '@vinculum/io';
import { ModelFormatError } from 'vinculum';
import { faultOf } from 'vinculum/internal';
import { CommandFailure, dataFailure, EXIT, failureOf } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { writeJson } from '../../messages.ts';
import {
  chosenFormat,
  readForeignFile,
  withEnding,
  type ModelFormat,
} from '../../model-formats.ts';
import { describeModel, outputsOf, type OpenModel } from '../../open-model.ts';
import { closenessOf } from '../export/command.ts';
import type { ImportPlan } from './flags.ts';

const COMPUTING = { backend: 'auto', numerics: 'portable' } as const;

/** Runs the command. */
export async function importModel(plan: ImportPlan, host: Host): Promise<number> {
  const { file: path, output, json } = plan;
  const format = chosenFormat(plan.format, path);
  const to = output ?? withEnding(path, '.safetensors');
  const bytes = await readForeignFile(path, format);
  const file = await format.read(bytes).catch((error: unknown) => refuse(path, format, error));
  const open = describeModel(file, COMPUTING);
  const comparison = await format.compare(open.model, bytes);
  await writeFileAtomically(to, file).catch((error: unknown) => {
    throw new CommandFailure(failureOf(error).message, {
      cause: error,
      hint: 'name another file with -o MODEL',
    });
  });
  if (json) {
    const { kind } = open.model;
    const document = { schema: 'vinculum.import/1', file: path, format: format.name, model: to };
    writeJson({ ...document, kind, bytes: file.length, ...comparison }, host);
  } else host.stdout.write(`${to}: ${summaryOf(open)}\n${closenessOf(comparison)}\n`);
  return EXIT.ok;
}

function refuse(path: string, { title, hint }: ModelFormat, error: unknown): never {
  if (!(error instanceof ModelFormatError)) throw error;
  throw dataFailure(
    `'${path}' must be a model in ${title} that is read; ${failureOf(error).message}`,
    {
      cause: error,
      hint: faultOf(error)?.remedy?.trim() ?? hint,
    },
  );
}

function summaryOf({ model, network, classes }: OpenModel): string {
  const { inputs } = network.spec;
  const outputs =
    model.kind === 'classifier' ? `${classes.length} classes` : `${outputsOf(network)} outputs`;
  return `${model.kind} of ${inputs} inputs and ${outputs}, ${network.parameterCount} parameters`;
}
