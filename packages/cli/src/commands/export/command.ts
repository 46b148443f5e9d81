/**
 * `vinculum export MODEL`: the model as a file that other programs read. The file is run beside the model before it gets its
 * name, and the last line says how far they are from each other.
 */
import { writeFileAtomically } from '@vinculum/io';
import { CommandFailure, EXIT } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { teller, writeJson } from '../../messages.ts';
import { chosenFormat, MODEL_FORMATS, withEnding, type Comparison } from '../../model-formats.ts';
import { openModelFile } from '../../open-model.ts';
import { refuse } from '../../text-file.ts';
import type { ExportPlan } from './flags.ts';

/** A file that is farther from its model is not written, because it computes something else. */
const FARTHEST = 1e-3;

/** Runs the command. */
export async function exportModel(plan: ExportPlan, host: Host): Promise<number> {
  const { model: path, output, json, noPreparation } = plan;
  const format =
    plan.format === undefined && output === undefined
      ? MODEL_FORMATS[0]!
      : chosenFormat(plan.format, output ?? path);
  const to = output ?? withEnding(path, format.ending);
  const { open, file } = await openModelFile(path, { tell: teller(plan, host) });
  const bytes = await format.write(file, { preparation: !noPreparation });
  const comparison = await format.compare(open.model, bytes);
  checkClose(to, comparison);
  await writeFileAtomically(to, bytes).catch((error: unknown) => refuse(error));
  if (json) {
    const document = { schema: 'vinculum.export/1', model: path, format: format.name, output: to };
    writeJson({ ...document, bytes: bytes.length, ...comparison }, host);
  } else {
    host.stdout.write(
      `${to}: ${format.title}, ${bytes.length} bytes\n${closenessOf(comparison)}\n`,
    );
  }
  return EXIT.ok;
}

function checkClose(path: string, { difference }: Comparison): void {
  if (difference <= FARTHEST) return;
  throw new CommandFailure(
    `'${path}' must compute what the model computes; they differ by ${difference.toExponential(1)}.`,
    { hint: "the model is not written; 'vinculum check MODEL DATA' looks for its fault" },
  );
}

/** The last line of a conversion. */
export function closenessOf({ rows, difference }: Comparison): string {
  return `largest difference ${difference.toExponential(1)} (on ${rows} rows, beside the model)`;
}
