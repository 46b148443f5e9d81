/** Whether the probabilities mean what they say. */
import type { ReliabilityBin } from 'vinculum';
import { calibrationChart } from '../charts/calibration-chart.ts';
import { figure } from '../data-table.ts';
import { count, fixed, percent } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';

/** With fewer rows the shares of the bins are mostly chance. */
const FEW_ROWS = 100;

export const calibrationSection: Section = {
  id: 'calibration',
  title: 'Calibration',
  asks: 'Whether rows that are said to be right with 80\u00a0% are right in 80 of 100 cases.',
  render: ({ evaluation }) => {
    if (evaluation?.kind !== 'classes') return undefined;
    const { calibration, classes, rows, figures } = evaluation.measured;
    const of =
      calibration.of === 'second class'
        ? `probability of '${String(classes[1])}'`
        : 'probability of the predicted class';
    const { logLoss } = figures;
    return markup`<div class="grid">${diagram(calibration.uniform, of)}<div class="stack"><dl class="facts"><dt>Expected error</dt><dd>${percent(calibration.ece)} <span class="quiet">mean distance of probability and share (ECE)</span></dd><dt>Largest error</dt><dd>${percent(calibration.mce)} <span class="quiet">of a bin (MCE)</span></dd><dt>Temperature</dt><dd>${fixed(calibration.temperature, 2)} <span class="quiet">${temperatureSays(calibration.temperature)}</span></dd>${
      calibration.logLossAtTemperature === null
        ? ''
        : markup`<dt>Log loss</dt><dd>${fixed(logLoss)}, and ${fixed(calibration.logLossAtTemperature)} at that temperature</dd>`
    }</dl>${rows < FEW_ROWS ? markup`<p class="small quiet">With ${count(rows)} rows the bins hold few rows each, so their shares are mostly chance.</p>` : ''}</div></div>`;
  },
};

function temperatureSays(temperature: number): string {
  if (temperature > 1.05) return 'above 1: the model is surer than it may be';
  return temperature < 0.95
    ? 'below 1: the model is less sure than it may be'
    : 'near 1: nothing to correct';
}

function diagram(bins: readonly ReliabilityBin[], of: string): Markup {
  return figure({
    title: 'Reliability',
    says: 'On the dashed line a probability is as large as the share that comes true. The bars below count the rows.',
    chart: calibrationChart({ label: `Reliability of the ${of}`, of, bins }),
    table: {
      caption: 'Reliability by bin',
      columns: ['From', 'To', 'Rows', 'Mean probability', 'Share that is true'].map((title) => ({
        title,
        isNumber: true,
      })),
      rows: bins.map((bin) => [
        fixed(bin.low, 2),
        fixed(bin.high, 2),
        count(bin.count),
        fixed(bin.meanProbability),
        fixed(bin.share),
      ]),
    },
  });
}
