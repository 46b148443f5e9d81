/** The facts of the model for a report: its layers, its preparation, and how it was trained, in words. */
import { significant } from '@vinculum/report';
import { describeNetworks, type ModelFacts } from '@vinculum/report/page';
import type { Loss, TrainPlan } from 'vinculum';
import { readLoss } from 'vinculum/internal';
import type { OpenModel } from '../open-model.ts';
import { preparedAs, preparedWidth } from '../prepared-columns.ts';

/** The facts. */
export function modelFacts({ model, networks, loss: kind }: OpenModel): ModelFacts {
  const [first, ...others] = networks;
  if (first === undefined) throw new Error('internal: a model without a network');
  if (model.kind === 'network') {
    const loss = readLoss('report', kind);
    return {
      ...describeNetworks([first, ...others], { loss }),
      loss: lossWords(loss),
      optimizer: 'not provided',
      regularisation: [],
      preparation: [],
    };
  }
  const { plan, preparation } = model;
  const { loss, optimizer } = plan;
  return {
    ...describeNetworks([first, ...others], { loss, optimizer }),
    loss: lossWords(loss),
    optimizer: optimizerWords(plan),
    regularisation: regularisationOf(plan, networks.length),
    preparation: preparation.columns.map((column) => ({
      column: column.name,
      kind: column.kind,
      inputs: preparedWidth(column),
      how: preparedAs(column),
    })),
  };
}

/** `softmax-cross-entropy, label smoothing 0.1`: settings that are not those of every loss. */
function lossWords(loss: Loss): string {
  const smoothing = 'labelSmoothing' in loss ? loss.labelSmoothing : 0;
  const settings = [
    ...(smoothing === 0 ? [] : [`label smoothing ${significant(smoothing)}`]),
    ...(loss.kind === 'huber' ? [`delta ${significant(loss.delta)}`] : []),
    ...(loss.kind === 'pinball' ? [`quantile ${significant(loss.quantile)}`] : []),
  ];
  return [loss.kind, ...settings].join(', ');
}

/** `adam, learning rate 0.001, beta 1 0.9 …; schedule constant`. */
function optimizerWords({ optimizer, schedule }: TrainPlan): string {
  const { kind, ...settings } = optimizer;
  const numbers = Object.entries(settings).flatMap(([name, value]) =>
    typeof value === 'number' && value !== 0 ? [`${wordsOf(name)} ${significant(value)}`] : [],
  );
  const course = schedule.kind === 'constant' ? '' : `; schedule ${schedule.kind}`;
  return `${[kind, ...numbers].join(', ')}${course}`;
}

function regularisationOf(plan: TrainPlan, members: number): string[] {
  const { l1, l2, maxNorm, clip, stopping, validationFraction, layers } = plan;
  const rates = new Set(layers.flatMap((layer) => (layer.kind === 'dropout' ? [layer.rate] : [])));
  return [
    ...(members > 1 ? [`the outputs of ${members} networks are averaged`] : []),
    ...[...rates].map((rate) => `dropout of ${significant(rate)} of the units`),
    ...(l1 > 0 ? [`L1 penalty ${significant(l1)}`] : []),
    ...(l2 > 0 ? [`L2 penalty ${significant(l2)}`] : []),
    ...(maxNorm === undefined
      ? []
      : [`the norm of a unit's weights is at most ${significant(maxNorm)}`]),
    ...(clip === undefined ? [] : [`gradients are clipped: ${JSON.stringify(clip)}`]),
    ...(validationFraction > 0
      ? [
          `early stopping after ${stopping.patience} epochs without a better validation loss; the best weights are kept`,
        ]
      : []),
  ];
}

/** `learningRate` → `learning rate`. */
function wordsOf(name: string): string {
  return name.replaceAll(/(?=[A-Z])/g, ' ').toLowerCase();
}
