/** The inside of the network: how its parameters and their gradients are spread, and which units do nothing. */
import type { Histogram } from '../../record/data-facts.ts';
import type { TensorFacts, UnitFacts } from '../../record/insight-facts.ts';
import { histogramChart } from '../charts/histogram-chart.ts';
import { behind, dataTable, figure } from '../data-table.ts';
import { amount, count, percent } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';

/** Tensors that are drawn: the weights of the layers. */
const MOST_DRAWN = 6;

/** Width of a drawing that takes a third of the page. */
const THIRD = 290;

export const internalsSection: Section = {
  id: 'internals',
  title: 'Inside the network',
  asks: 'Whether every part of the network has work to do.',
  render: ({ internals, model }) => {
    if (internals === undefined) return undefined;
    const drawn = internals.tensors.filter(({ shape }) => shape.length > 1).slice(0, MOST_DRAWN);
    return markup`<div class="stack">${
      model.members > 1
        ? markup`<p class="small quiet">Of the first of ${count(model.members)} networks.</p>`
        : ''
    }${unitTable(internals.units)}<div class="grid three">${drawn.map((tensor) => histogramOf(tensor, tensor.weights, 'weights'))}</div><div class="details">${
      drawn.some(({ gradients }) => gradients !== undefined)
        ? behind(
            'Gradients after the training',
            markup`<div class="grid three">${drawn.map((tensor) => tensor.gradients && histogramOf(tensor, tensor.gradients, 'gradients'))}</div>`,
          )
        : ''
    }${behind('All parameters', tensorTable(internals.tensors))}</div></div>`;
  },
};

function unitTable(units: readonly UnitFacts[]): Markup | undefined {
  if (units.length === 0) return undefined;
  return markup`<div><h3>Units</h3><p class="small quiet measure">A dead unit has the same value for every held-out row. A value is flat where the activation lets nearly no gradient through.</p>${dataTable(
    {
      caption: 'Units of the layers',
      columns: [
        { title: 'Layer' },
        { title: 'Activation' },
        { title: 'Units', isNumber: true },
        { title: 'Dead', isNumber: true },
        { title: 'Flat values', isNumber: true },
      ],
      rows: units.map((one) => [
        one.layer,
        one.activation,
        count(one.units),
        count(one.dead),
        percent(one.saturated),
      ]),
    },
  )}</div>`;
}

function histogramOf(tensor: TensorFacts, histogram: Histogram, what: string): Markup {
  const { name, shape, mean, deviation, gradientNorm } = tensor;
  const says =
    what === 'weights'
      ? `${shape.map(count).join(' × ')}, mean ${amount(mean, 2)}, standard deviation ${amount(deviation, 2)}`
      : `norm ${amount(gradientNorm, 3)}`;
  return figure({
    title: name,
    says,
    chart: histogramChart({
      label: `Histogram of the ${what} of ${name}`,
      histogram,
      tone: what === 'weights' ? 'model' : 'train',
      x: what,
      y: 'values',
      mark: 0,
      height: 200,
      width: THIRD,
    }),
    table: {
      caption: `Histogram of the ${what} of ${name}`,
      columns: ['From', 'To', 'Values'].map((title) => ({ title, isNumber: true })),
      rows: histogram.counts.map((values, at) => [
        amount(histogram.edges[at], 3),
        amount(histogram.edges[at + 1], 3),
        count(values),
      ]),
    },
  });
}

function tensorTable(tensors: readonly TensorFacts[]): Markup {
  return dataTable({
    caption: 'All parameters',
    columns: [
      { title: 'Parameter' },
      { title: 'Shape' },
      ...[
        'Mean',
        'Standard deviation',
        'Least',
        'Most',
        'Zeros',
        'Not finite',
        'Norm of the gradient',
      ].map((title) => ({
        title,
        isNumber: true,
      })),
    ],
    rows: tensors.map((one) => [
      one.name,
      one.shape.map(count).join(' × '),
      amount(one.mean, 3),
      amount(one.deviation, 3),
      amount(one.min, 3),
      amount(one.max, 3),
      count(one.zeros),
      count(one.notFinite),
      amount(one.gradientNorm, 3),
    ]),
  });
}
