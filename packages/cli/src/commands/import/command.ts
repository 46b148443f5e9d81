/**
 * `vinculum import FILE`: a model of another program as one of ours. The model is run beside the file, and the last line says
 * how far they are from each other.
 */
import { writeFileAtomically } from '@vinculum/io';
import { ModelFormatError } from 'vinculum';
import { EXIT } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { writeJson } from '../../messages.ts';
import { chosenFormat, readForeignFile, unreadFile, withEnding } from '../../model-formats.ts';
import { describeModel, outputsOf, USUAL_COMPUTING, type OpenModel } from '../../open-model.ts';
import { refuse } from '../../text-file.ts';
import { closenessOf } from '../export/command.ts';
import type { ImportPlan } from './flags.ts';

/** Runs the command. */
export async function importModel(plan: ImportPlan, host: Host): Promise<number> {
  const { file: path, output, json } = plan;
  const format = chosenFormat(plan.format, path);
  const to = output ?? withEnding(path, '.safetensors');
  const bytes = await readForeignFile(path, format);
  const file = await format.read(bytes).catch((error: unknown) => {
    throw error instanceof ModelFormatError ? unreadFile(path, format, error) : error;
  });
  const open = describeModel(file, USUAL_COMPUTING);
  const comparison = await format.compare(open.model, bytes);
  await writeFileAtomically(to, file).catch((error: unknown) => refuse(error, 'MODEL'));
  if (json) {
    const { kind } = open.model;
    const document = { schema: 'vinculum.import/1', file: path, format: format.name, model: to };
    writeJson({ ...document, kind, bytes: file.length, ...comparison }, host);
  } else host.stdout.write(`${to}: ${summaryOf(open)}\n${closenessOf(comparison)}\n`);
  return EXIT.ok;
}

function summaryOf({ model, network, classes }: OpenModel): string {
  const { inputs } = network.spec;
  const outputs =
    model.kind === 'classifier' ? `${classes.length} classes` : `${outputsOf(network)} outputs`;
  return `${model.kind} of ${inputs} inputs and ${outputs}, ${network.parameterCount} parameters`;
}
