/** The model: its picture, its layers, the equations of a step, and how a row is prepared. */
import { renderToString } from 'katex';
import type { EquationFacts } from '../../record/model-facts.ts';
import type { ReportRecord } from '../../record/report-record.ts';
import { networkDiagram } from '../charts/network-diagram.ts';
import { behind, dataTable, figure } from '../data-table.ts';
import { count, size } from '../figures.ts';
import { markup, trusted, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';

/** Prepared columns beyond this many are in the record alone. */
const MOST_COLUMNS = 400;

export const modelSection: Section = {
  id: 'model',
  title: 'Model',
  asks: 'What turns the columns of a row into a prediction.',
  render: (record) =>
    markup`<div class="stack">${diagramOf(record)}${factsOf(record)}${layersOf(record)}${equationsOf(record)}<div class="details">${stepEquations(record)}${preparationOf(record)}</div></div>`,
};

function diagramOf({ model }: ReportRecord): Markup {
  return figure({
    title: model.members === 1 ? 'The network' : `One of ${model.members} networks`,
    ...(model.members === 1
      ? {}
      : { says: 'Their outputs are averaged. They have the same layers and other first weights.' }),
    chart: markup`<div class="diagram" tabindex="0" role="region" aria-label="Picture of the network">${networkDiagram(model.inputs, model.layers, model.output)}</div>`,
    wide: true,
  });
}

function factsOf({ model }: ReportRecord): Markup {
  return markup`<dl class="facts"><dt>Parameters</dt><dd>${count(model.parameters)} (${size(model.bytes)})${
    model.members > 1 ? ` in ${model.members} networks` : ''
  }</dd><dt>Operations a row</dt><dd>${count(model.operations)}${model.members > 1 ? ' in each network' : ''}</dd><dt>Loss</dt><dd>${model.loss}</dd><dt>Optimiser</dt><dd>${model.optimizer}</dd>${
    model.regularisation.length === 0
      ? ''
      : markup`<dt>Against overfitting</dt><dd>${model.regularisation.join('; ')}</dd>`
  }</dl>`;
}

function layersOf({ model }: ReportRecord): Markup {
  return markup`<div><h3>Layers</h3>${dataTable({
    caption: 'Layers of the network',
    columns: [
      { title: 'Layer' },
      { title: 'Inputs', isNumber: true },
      { title: 'Outputs', isNumber: true },
      { title: 'Parameters', isNumber: true },
      { title: 'Operations a row', isNumber: true },
    ],
    rows: model.layers.map((layer) => [
      layer.title,
      count(layer.inputs),
      count(layer.outputs),
      count(layer.parameters),
      count(layer.operations),
    ]),
  })}</div>`;
}

const GROUPS: Readonly<Record<EquationFacts['group'], string>> = {
  prediction: 'Prediction of one row',
  loss: 'Loss of one row',
  gradient: 'Gradient of the loss',
  update: 'Step of the optimiser, for the first parameter',
};

/** The equations of one part of a step. */
function equationGroup({ model }: ReportRecord, group: EquationFacts['group']): Markup | undefined {
  const some = model.equations.filter((one) => one.group === group);
  if (some.length === 0) return undefined;
  return markup`<div class="tight"><p class="small quiet">${GROUPS[group]}</p><div class="equations">${some.map(
    ({ latex, number }) =>
      markup`<span class="number">(${number})</span><div class="equation" tabindex="0" role="group" aria-label="Equation ${number}">${formula(latex)}</div>`,
  )}</div></div>`;
}

function equationsOf(record: ReportRecord): Markup | undefined {
  if (record.model.equations.length === 0) return undefined;
  return markup`<div class="tight"><h3>Equations</h3>${equationGroup(record, 'prediction')}${equationGroup(record, 'loss')}</div>`;
}

function stepEquations(record: ReportRecord): Markup | undefined {
  const parts = [equationGroup(record, 'gradient'), equationGroup(record, 'update')];
  if (parts.every((part) => part === undefined)) return undefined;
  return behind('The equations of a training step', markup`<div class="stack">${parts}</div>`);
}

/** MathML, which every browser draws with the fonts of the system. KaTeX escapes what it does not know. */
function formula(latex: string): Markup {
  return trusted(
    renderToString(latex, { output: 'mathml', displayMode: true, throwOnError: false }),
  );
}

function preparationOf({ model }: ReportRecord): Markup | undefined {
  const { preparation } = model;
  if (preparation.length === 0) return undefined;
  return behind(
    `How each of ${count(preparation.length)} columns is prepared`,
    dataTable({
      caption: 'Preparation of the columns',
      columns: [
        { title: 'Column' },
        { title: 'Kind' },
        { title: 'Inputs', isNumber: true },
        { title: 'Prepared as' },
      ],
      rows: preparation
        .slice(0, MOST_COLUMNS)
        .map(({ column, kind, inputs, how }) => [column, kind, count(inputs), how]),
    }),
  );
}
