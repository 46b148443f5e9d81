/**
 * `vinculum report RUN`: the page of a run again, from the record that the run left. `vinculum report MODEL DATA`: a page about a model
 * on any rows with their truth.
 */
import { join } from 'node:path';
import { reportHtml, type ReportRecord } from '@vinculum/report/page';
import { EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { teller } from '../../messages.ts';
import { openSink } from '../../text-file.ts';
import { RUN_FILES } from '../../run-folder/files.ts';
import { findRun, isFile } from '../../run-folder/find-run.ts';
import { readReportRecord } from '../../run-folder/read-record.ts';
import type { ReportPlan } from './flags.ts';
import { recordOfModel } from './model-record.ts';

/** Runs the command. */
export async function report(plan: ReportPlan, host: Host): Promise<number> {
  const { record, path } = await recordOf(plan, host);
  const sink = await openSink(path, host);
  try {
    await sink.write(reportHtml(record));
    await sink.finish();
  } catch (error) {
    await sink.abandon();
    throw error;
  }
  if (path !== '-') host.stdout.write(`${path}\n`);
  return EXIT.ok;
}

/** The record, and where its report goes. */
async function recordOf(
  plan: ReportPlan,
  host: Host,
): Promise<{ readonly record: ReportRecord; readonly path: string }> {
  const { source, data, output } = plan;
  const isModel = source.endsWith('.safetensors');
  if (data === undefined) {
    if (isModel) {
      throw usageFailure('report needs rows with their truth beside a model: DATA.', {
        hint: `vinculum report ${source} DATA; or the folder of a run alone: vinculum report RUN`,
      });
    }
    const { folder } = await findRun(source);
    const record = await readReportRecord(folder);
    return { record, path: output ?? join(folder, RUN_FILES.report) };
  }
  const model = isModel ? source : await modelOf(source);
  const record = await recordOfModel({ ...plan, model, data }, host, teller(plan, host));
  return { record, path: output ?? RUN_FILES.report };
}

/** The model of a run, or the file itself. */
async function modelOf(source: string): Promise<string> {
  if (await isFile(source)) return source;
  return join((await findRun(source)).folder, RUN_FILES.model);
}
