/**
 * `README.md` of a run: a model card, with the header that Hugging Face reads. It says what the run knows; of what only the author can
 * know it says "not provided".
 *
 * Source: https://huggingface.co/docs/hub/model-cards (the header) and the sections of its annotated template.
 */
import { basename } from 'node:path';
import { duration, grouped, metric } from '@vinculum/report';
import { listed } from 'vinculum/internal';
import type { MetricsRecord, RunDocument } from './run-document.ts';

/** What a card says of a run. */
type CardRun = Omit<RunDocument, 'card'>;

const NOT_PROVIDED = 'Not provided.';

/** What Hugging Face calls the tasks. */
const TASK_TYPES = {
  classification: 'tabular-classification',
  multilabel: 'tabular-classification',
  regression: 'tabular-regression',
} as const satisfies Readonly<Record<RunDocument['task'], string>>;

/** The names by which Hugging Face knows the metrics; the others keep their own. */
const METRIC_TYPES: ReadonlyMap<string, string> = new Map([
  ['r2', 'r_squared'],
  ['rmse', 'rmse'],
  ['mae', 'mae'],
]);

/**
 * The card.
 *
 * @param name - of the run, which is that of its folder
 */
export function modelCard(name: string, run: CardRun): string {
  const sections: [title: string, text: string][] = [
    ['Model details', detailsOf(run)],
    ['Uses', usesOf(run)],
    ['Bias, risks and limitations', risksOf(run)],
    ['How to get started', `\`\`\`sh\nvinculum predict model.safetensors NEW_DATA\n\`\`\``],
    ['Training', trainingOf(run)],
    ['Evaluation', evaluationOf(run)],
    ['Environmental impact', impactOf(run)],
    ['Technical specifications', specificationsOf(run)],
    ['Citation', NOT_PROVIDED],
    ['Contact', NOT_PROVIDED],
  ];
  const body = sections.map(([title, text]) => `## ${title}\n\n${text}\n`).join('\n');
  return `${headerOf(name, run)}\n# ${oneLine(name)}\n\n${body}`;
}

/** The YAML header. Texts are written as JSON, which YAML reads as they are, whatever they contain. */
function headerOf(name: string, { task, data, metrics }: CardRun): string {
  const type = TASK_TYPES[task];
  const results = Object.entries(metrics.test ?? {}).flatMap(([metricName, value]) =>
    typeof value === 'number' && Number.isFinite(value)
      ? [
          `          - type: ${METRIC_TYPES.get(metricName) ?? metricName}`,
          `            value: ${value}`,
          `            name: ${JSON.stringify(metricName)}`,
        ]
      : [],
  );
  const index = [
    'model-index:',
    `  - name: ${JSON.stringify(name)}`,
    '    results:',
    '      - task:',
    `          type: ${type}`,
    '        dataset:',
    '          type: table',
    `          name: ${JSON.stringify(basename(data.file))}`,
    '          split: test',
    '        metrics:',
    ...results,
  ];
  const lines = [
    '---',
    'library_name: vinculum',
    `pipeline_tag: ${type}`,
    'license: unknown',
    'tags:',
    '  - tabular',
    `  - ${task}`,
    ...(results.length === 0 ? [] : index),
    '---',
  ];
  return `${lines.join('\n')}\n`;
}

function detailsOf({ networks, parameters, machine, task, targets, classes }: CardRun): string {
  const kind =
    networks.length === 1
      ? 'A feed-forward neural network'
      : `The mean of ${networks.length} feed-forward neural networks`;
  const goal =
    task === 'regression'
      ? 'predicts numbers'
      : task === 'multilabel'
        ? 'answers yes or no for each label'
        : 'tells classes apart';
  return [
    `${kind} with ${grouped(parameters)} parameters, which ${goal}. Trained by vinculum ${machine.vinculum}.`,
    '',
    `- **Target**: ${listed(targets.map(code))}`,
    ...(classes === undefined
      ? []
      : [`- **Classes**: ${listed(classes.map((one) => code(String(one))))}`]),
    `- **Developed by**: not provided`,
    `- **License**: not provided`,
  ].join('\n');
}

function usesOf({ targets }: CardRun): string {
  return `The model predicts ${listed(targets.map(code))} for rows that come from the same source as the training rows. Other intended uses, and uses that are out of scope: not provided.`;
}

function risksOf({ warnings, notes }: CardRun): string {
  const found = warnings.map(({ message }) => `- **Warning**: ${oneLine(message)}`);
  const done = notes.map(({ message }) => `- ${oneLine(message)}`);
  return [
    ...(found.length === 0
      ? ['The training found nothing that makes the score worth less than it seems.']
      : ['What makes the score worth less than it seems:', '', ...found]),
    ...(done.length === 0 ? [] : ['', 'How the columns were read and prepared:', '', ...done]),
    '',
    'Whether the rows represent the people or things that the model is used for: not provided.',
  ].join('\n');
}

function trainingOf({ data, rows, networks, batchSize, time, reproduce, config }: CardRun): string {
  const digest = data.sha256 === undefined ? 'not provided' : code(data.sha256);
  return [
    `- **Data**: ${code(basename(data.file))}, SHA-256 ${digest}`,
    `- **Rows**: ${grouped(rows.train)} to train, ${grouped(rows.validation)} to stop early, ${grouped(rows.test)} held out`,
    `- **Epochs**: ${networks.map(({ epochs }) => epochs).join(', ')}, in batches of ${grouped(batchSize)} rows`,
    `- **Time**: ${duration(time.training)}`,
    '',
    networks.some(({ stoppedBy }) => stoppedBy === 'abort')
      ? 'The run was interrupted. Without an interruption the same run is:'
      : 'The same model, bit by bit:',
    '',
    `\`\`\`sh\n${reproduce}\n\`\`\``,
    '',
    'The settings:',
    '',
    `\`\`\`json\n${JSON.stringify(config, undefined, 2)}\n\`\`\``,
  ].join('\n');
}

function evaluationOf({ metrics, rows, baseline }: CardRun): string {
  const { test } = metrics;
  if (test === undefined) return 'No rows were held out, so nothing is measured.';
  const lines = numbersOf(test).map(([name, value]) => {
    const guess = metrics.baseline?.[name];
    return `| ${name} | ${metric(value)} | ${typeof guess === 'number' ? metric(guess) : ''} |`;
  });
  return [
    `On ${grouped(rows.test)} held-out rows${baseline === undefined ? '' : `, beside a guess (${oneLine(baseline)})`}:`,
    '',
    '| metric | model | guess |',
    '| --- | ---: | ---: |',
    ...lines,
  ].join('\n');
}

function impactOf({ time, machine }: CardRun): string {
  return `${duration(time.processors)} of processor time on ${oneLine(machine.processor)}. Energy and emissions: not provided.`;
}

function specificationsOf({ machine, config }: CardRun): string {
  return [
    `- **Hidden layers**: ${oneLine(JSON.stringify(config['hidden'] ?? 'not provided'))}`,
    `- **Software**: vinculum ${machine.vinculum}, Node ${machine.node}, ${machine.system}`,
    `- **Backend**: ${machine.backend} (${oneLine(machine.backendDetail)}), numerics ${machine.numerics}`,
    '- **File**: `model.safetensors`: weights, layers and preparation',
  ].join('\n');
}

function numbersOf(metrics: MetricsRecord): [string, number][] {
  return Object.entries(metrics).flatMap(([name, value]): [string, number][] =>
    typeof value === 'number' ? [[name, value]] : [],
  );
}

/** A text of a file as code, in which no mark of Markdown has a meaning. */
function code(text: string): string {
  return `\`${oneLine(text).replaceAll('`', "'")}\``;
}

/** A text of a file on one line, without the marks that would begin something else. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[<>|]/g, (mark) => `\\${mark}`);
}
