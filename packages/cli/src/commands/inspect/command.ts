/**
 * `vinculum inspect MODEL`: what a model file holds: layers, inputs and their preparation, classes, and how it
 * was trained.
 */
import { significant, renderPairs, renderTable, clip, plainLines } from '@vinculum/report';
import type { TablePreparation, TrainPlan } from 'vinculum';
import { DIGEST_NAME, listed } from 'vinculum/internal';
import { EXIT } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { writeJson } from '../../messages.ts';
import { quoted } from '../../labelled-rows.ts';
import { rolesDocument, type Roles } from '../../roles.ts';
import { targetsDocument } from '../../score.ts';
import { openModel, outputsOf, type OpenModel } from '../../open-model.ts';
import { preparedAs, preparedWidth } from '../../prepared-columns.ts';
import { widthOf } from '../../rendering/width.ts';
import type { InspectPlan } from './flags.ts';

/** The most columns of a preparation that are listed. */
const MAX_COLUMNS = 40;
/** Metadata that are shown in a special form. */
const SHOWN_ELSEWHERE = [
  'network',
  'plan',
  'preparation',
  'classes',
  'targetScaler',
  'options',
  'vector',
  'members',
  'labels',
  'targets',
  'roles',
  DIGEST_NAME,
];

/** Runs the command. */
export async function inspect({ model, json }: InspectPlan, host: Host): Promise<number> {
  const open = await openModel(model);
  if (json) writeJson(documentOf(model, open), host);
  else host.stdout.write(`${plainLines(describe(open, widthOf(host.stdout)))}\n`);
  return EXIT.ok;
}

function documentOf(path: string, open: OpenModel): object {
  const { model, network } = open;
  return {
    schema: 'vinculum.inspect/1',
    model: path,
    kind: model.kind,
    task: open.task,
    ...(open.targets.length === 0 ? {} : targetsDocument(open.targets)),
    ...rolesDocument(open.roles),
    ...(open.task === 'classification' ? { classes: open.classes } : {}),
    ...(open.task === 'multilabel' ? { labels: open.classes } : {}),
    ...(open.networks.length === 1 ? {} : { members: open.networks.length }),
    parameters: open.networks.reduce((sum, net) => sum + net.parameterCount, 0),
    checksum: open.metadata.get(DIGEST_NAME) ?? null,
    network: network.spec,
    ...(model.kind === 'network' ? {} : { plan: model.plan, preparation: model.preparation }),
    ...(model.kind === 'regressor' ? { targetScaler: model.targetScaler } : {}),
    metadata: Object.fromEntries(
      [...open.metadata].filter(([name]) => !SHOWN_ELSEWHERE.includes(name)),
    ),
  };
}

function describe(open: OpenModel, width: number): string {
  const { model, network } = open;
  const pairs: [string, string][] = [
    ['kind', model.kind],
    ['task', taskOf(open)],
    ...rolePairs(open.roles),
    ['checksum', checksumOf(open)],
    ...[...open.metadata]
      .filter(([name]) => !SHOWN_ELSEWHERE.includes(name) && name !== 'kind' && name !== 'target')
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, text]): [string, string] => [name, clip(text, 200)]),
  ];
  return [
    renderPairs([...pairs, ...(model.kind === 'network' ? [] : planPairs(model.plan))], width),
    ...(open.networks.length === 1
      ? []
      : [`${open.networks.length} networks, whose outputs are averaged; each of them:`]),
    network.summary(),
    ...(model.kind === 'network' ? [] : [describePreparation(model.preparation, width)]),
  ].join('\n\n');
}

/** The checksum that the file states. It is right, because a file whose bytes have another one cannot be opened. */
function checksumOf({ metadata }: OpenModel): string {
  const stated = metadata.get(DIGEST_NAME);
  return stated === undefined
    ? 'none, because an older version wrote the file; damage to it cannot be noticed'
    : `CRC-32C ${stated}, as the bytes of the file have it`;
}

/** What columns are for that are neither inputs nor targets. */
function rolePairs({ id, weight, group, time }: Roles): [string, string][] {
  const pairs: [string, string | undefined][] = [
    [
      'id',
      id.length === 0
        ? undefined
        : `${listed([...id])}: not learned from, written before predictions`,
    ],
    ['weight', weight && `${weight}: how much each row counts`],
    ['group', group && `${group}: no split divides its rows; not learned from`],
    ['time', time && `${time}: the last rows were held out`],
  ];
  return pairs.flatMap(([role, text]): [string, string][] =>
    text === undefined ? [] : [[role, text]],
  );
}

/** How it was trained, a line for each part. */
function planPairs(plan: TrainPlan): [string, string][] {
  // The layers are in the summary below, and the loss is among the metadata.
  return Object.entries(plan)
    .filter(([name]) => name !== 'layers' && name !== 'loss')
    .map(([name, value]): [string, string] => [name, clip(JSON.stringify(value), 200)]);
}

function taskOf(open: OpenModel): string {
  const target = open.targets.length === 0 ? '' : ` of ${quoted(open.targets)}`;
  if (open.task === 'classification') {
    return `classification${target}, ${open.classes.length} classes: ${listed(open.classes.map(String), { most: 20 })}`;
  }
  if (open.task === 'multilabel') {
    return `multilabel, ${open.classes.length} labels: ${listed(open.classes.map(String), { most: 20 })}`;
  }
  if (open.task === 'numbers') return `${outputsOf(open.network)} numbers`;
  const scaler = open.model.kind === 'regressor' ? open.model.targetScaler : undefined;
  const scaling =
    scaler === undefined
      ? ''
      : `, standardised: mean ${numbers(scaler.mean)}, scale ${numbers(scaler.scale)}`;
  return `regression${target}${scaling}`;
}

function numbers(values: readonly number[]): string {
  return listed(
    values.map((value) => significant(value)),
    { most: 8 },
  );
}

function describePreparation(preparation: TablePreparation, width: number): string {
  const { columns, named } = preparation;
  const shown = columns.slice(0, MAX_COLUMNS);
  const table = renderTable(
    [
      { title: 'column' },
      { title: 'kind' },
      { title: 'inputs', align: 'right' },
      { title: 'prepared as' },
    ],
    shown.map((column) => [
      clip(column.name, 32),
      column.kind,
      String(preparedWidth(column)),
      clip(preparedAs(column), 100),
    ]),
    width,
  );
  const rest = columns.length - shown.length;
  const way = named ? 'by name' : 'by position';
  return [
    `Preparation: ${columns.length} columns, found ${way}, give ${preparation.width} inputs`,
    table,
    ...(rest > 0 ? [`… and ${rest} columns more (all of them with --json)`] : []),
  ].join('\n');
}
