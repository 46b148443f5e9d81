/** How to get the same model again, and on what it was made. */
import type { ReportRecord } from '../../record/report-record.ts';
import { duration } from '../../numbers.ts';
import { behind, dataTable } from '../data-table.ts';
import { count, moment, size } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';

export const reproducibilitySection: Section = {
  id: 'reproducibility',
  title: 'Made again',
  asks: 'What it takes to get the same model once more.',
  render: ({ run }) =>
    markup`<div class="stack"><pre><code>${run.command}</code></pre>${sameBits(run)}${facts(run)}${files(run)}${behind('Every setting', settings(run))}</div>`,
};

type Run = ReportRecord['run'];

function sameBits({ reproducible }: Run): Markup | undefined {
  if (reproducible === undefined) return undefined;
  return markup`<p class="measure">${reproducible.bits ? 'This command gives the same model, bit for bit' : 'This command may give a model that differs in its last bits'}: ${reproducible.why}.</p>`;
}

function facts(run: Run): Markup {
  const { machine, versions, git } = run;
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['Finished', moment(run.finished)],
    ['Seed', String(run.seed)],
    [
      'Computed by',
      `${run.backend}, ${run.numerics} numerics${run.threads === undefined ? '' : `, ${count(run.threads)} threads`}`,
    ],
    [
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    [
      'Machine',
      `${machine.system}; ${machine.processor}, ${count(machine.processors)} processors${machine.memoryBytes === undefined ? '' : `, ${size(machine.memoryBytes)} of memory`}`,
    ],
    [
      'Time',
      `${duration(run.seconds)}${run.cpuSeconds === undefined ? '' : `, ${duration(run.cpuSeconds)} of processor time`}`,
    ],
    ['Memory', run.peakBytes === undefined ? undefined : `${size(run.peakBytes)} at most`],
    [
      'Source',
      git &&
        `commit ${git.commit}${git.dirty === true ? ', with changes that are in no commit' : ''}`,
    ],
  ];
  return markup`<dl class="facts">${pairs.map(([name, value]) =>
    value === undefined ? undefined : markup`<dt>${name}</dt><dd>${value}</dd>`,
  )}</dl>`;
}

function files({ files: all }: Run): Markup | undefined {
  if (all.length === 0) return undefined;
  return markup`<div><h3>Files</h3>${dataTable({
    caption: 'Files that were read and written',
    columns: [
      { title: 'For' },
      { title: 'Path' },
      { title: 'Size', isNumber: true },
      { title: 'SHA-256' },
    ],
    rows: all.map((file) => [
      file.role,
      markup`<code>${file.path}</code>`,
      size(file.bytes),
      file.sha256 === undefined ? '–' : markup`<code>${file.sha256}</code>`,
    ]),
  })}</div>`;
}

function settings(run: Run): Markup {
  return dataTable({
    caption: 'Every setting of the run',
    columns: [{ title: 'Setting' }, { title: 'Value' }],
    rows: Object.entries(run.settings).map(([name, value]) => [
      name,
      markup`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`,
    ]),
  });
}
