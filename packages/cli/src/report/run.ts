/** What was run, on which machine, and how to run it again, as a report shows it; made of the document of a run. */
import type { FileFacts, RunFacts } from '@vinculum/report/page';
import type { DataFile } from '../run-folder/data-file.ts';
import type { RunDocument } from '../run-folder/run-document.ts';

/**
 * The facts.
 *
 * @param modelBytes - the length of the model file
 */
export function runFacts(
  name: string,
  run: Omit<RunDocument, 'card'>,
  modelBytes: number,
): RunFacts {
  const { machine, time, git, model } = run;
  const { vinculum, node, system, processor, processors, threads, backend, numerics } = machine;
  return {
    name,
    task: run.task,
    targets: run.targets,
    classes: (run.classes ?? []).map(String),
    finished: run.finished,
    command: run.reproduce,
    settings: run.config,
    seed: run.seed,
    backend,
    numerics,
    ...(threads === undefined ? {} : { threads }),
    versions: { vinculum, node },
    machine: { system, processor, processors },
    seconds: time.wall,
    cpuSeconds: time.processors,
    peakBytes: run.peakMemory,
    ...(git === undefined ? {} : { git }),
    files: [
      ...fileFacts('data', run.data),
      ...(run.testData === undefined ? [] : fileFacts('test data', run.testData)),
      { role: 'model', path: model.file, bytes: modelBytes, sha256: model.sha256 },
    ],
    reproducible: reproducibilityOf(run),
  };
}

/** A file of data; of what is no file, such as stdin, nothing is known. */
export function fileFacts(role: string, { file, bytes, sha256 }: DataFile): FileFacts[] {
  return bytes === undefined
    ? []
    : [{ role, path: file, bytes, ...(sha256 === undefined ? {} : { sha256 }) }];
}

/** Whether the same command gives the same bytes. */
function reproducibilityOf({
  networks,
  config,
}: Omit<RunDocument, 'card'>): NonNullable<RunFacts['reproducible']> {
  if (networks.some(({ stoppedBy }) => stoppedBy === 'abort')) {
    return {
      bits: false,
      why: 'The run was interrupted by a signal, so the command trains longer.',
    };
  }
  if (config['timeLimit'] !== undefined) {
    return { bits: false, why: 'How many networks a limit of time allows depends on the machine.' };
  }
  return {
    bits: true,
    why: 'The same command on the same data gives the same bytes of the model, on every machine and number of threads.',
  };
}
