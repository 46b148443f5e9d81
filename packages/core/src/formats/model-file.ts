/**
 * A model as one safetensors file: the parameters as tensors under the names of a torch `state_dict`
 * (`layers.K.weight` [out, in], `layers.K.bias`), everything else as JSON texts in the metadata. The tensors of an ensemble have
 * the prefix `members.I.`. Reading gives back a network, a classifier or a regressor, whichever was saved. A checksum shows if a file is damaged. The file holds no
 * time, path, host, backend or thread count, so the same run gives the same bytes.
 */
import { faultFrom, formatError, mustBe, rangeError, withReason } from '../words/fault.ts';
import type { FittedClassifier, FittedMultilabelClassifier } from '../estimators/classifier.ts';
import type { FittedRegressor } from '../estimators/regressor.ts';
import { MAX_MEMBERS, MAX_RECIPES } from '../estimators/plan.ts';
import { estimatorState, restoreEstimator } from '../estimators/restore.ts';
import type { EstimatorState } from '../estimators/state.ts';
import { restoreNetwork, stateOf, type Network } from '../model/network.ts';
import { layoutOf } from '../network/layout.ts';
import { readSpec } from '../network/read-spec.ts';
import type { NetworkSpec } from '../network/spec.ts';
import { checkOptions, isRecord, show } from '../words/options.ts';
import { DIGEST_NAME, digestOf, NO_DIGEST, seal } from './digest.ts';
import { checkFormat, readSafetensorsFor } from './read-safetensors.ts';
import type { SafetensorsContent, SafetensorsTensor } from './safetensors.ts';
import { readStrictJson, type JsonValue } from './strict-json.ts';
import { writeSafetensors } from './write-safetensors.ts';

/** The model in a file; `kind` says which of the three it is. */
export type ModelFromFile =
  Network | FittedClassifier | FittedMultilabelClassifier | FittedRegressor;

/** What can be saved. An estimator's state is a record with `kind`, for callers that trained with `fit`. */
export type SavableModel = ModelFromFile | EstimatorState;

/** The only version that exists. */
const MODEL_FORMAT_VERSION = '1';

/** The parts of an estimator's state, each saved as one JSON text. */
const ESTIMATOR_PARTS = [
  'options',
  'plan',
  'preparation',
  'classes',
  'labels',
  'targetScaler',
  'vector',
  'calibration',
  'recipeWeights',
];

/** The networks of an ensemble: a seed for one that is as the first one in everything else, or its whole spec. */
const MEMBERS = 'members';

/** The most networks of a file. */
const MOST_NETWORKS = MAX_MEMBERS * MAX_RECIPES;

/** Metadata names that this format uses; the caller's metadata must have other names. */
const RESERVED = [
  'format',
  'formatVersion',
  'kind',
  'network',
  MEMBERS,
  'estimatorVersion',
  DIGEST_NAME,
  ...ESTIMATOR_PARTS,
];

/** The options of {@link toSafetensors}. */
export interface ModelFileOptions {
  /** Texts to keep with the model, such as the name of the target; `fromSafetensors` ignores them. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a model file. The same model gives the same bytes.
 *
 * @param model - a network, a fitted classifier or regressor, or an estimator's state
 * @param options - `metadata`: texts of the caller's own
 * @returns the file, in new memory
 * @throws {TypeError} when `model` is none of these
 * @throws {RangeError} when a name of `metadata` is taken
 * @throws {VinculumError} with code 'not-fitted' when an estimator is not fitted
 * @example
 * const bytes = toSafetensors(net);
 * const same = fromSafetensors(bytes);
 */
export function toSafetensors(
  model: SavableModel,
  options: ModelFileOptions = {},
): Uint8Array<ArrayBuffer> {
  const where = 'toSafetensors';
  checkOptions(where, options, ['metadata']);
  const own = Object.entries(options.metadata ?? {});
  for (const [name, text] of own) {
    if (RESERVED.includes(name) || typeof text !== 'string') {
      const rule = `texts under names other than ${RESERVED.join(', ')}`;
      throw rangeError(mustBe(where, `metadata ${show(name)}`, rule, text));
    }
  }
  const state = estimatorState(model);
  const nets = state?.members ?? [state?.network ?? (model as Network)];
  const { spec } = stateOf(where, nets[0]);
  const metadata = new Map([
    ...own,
    ['format', 'vinculum'],
    ['formatVersion', MODEL_FORMAT_VERSION],
    ['kind', state?.kind ?? 'network'],
    ['network', JSON.stringify(spec)],
    [DIGEST_NAME, NO_DIGEST],
  ] as [string, string][]);
  if (state !== undefined) {
    metadata.set('estimatorVersion', String(state.version));
    for (const [part, value] of Object.entries(state)) {
      if (ESTIMATOR_PARTS.includes(part) && value !== undefined)
        metadata.set(part, JSON.stringify(value));
    }
  }
  if (nets.length > 1) metadata.set(MEMBERS, JSON.stringify(membersIn(where, nets)));
  const tensors = nets.flatMap((net, index) =>
    tensorsOf(where, net, nets.length > 1 ? prefixOf(index) : ''),
  );
  const file = writeSafetensors(new Map(tensors), metadata);
  seal(file);
  return file;
}

/** The text before the names of the tensors of a member. */
function prefixOf(member: number): string {
  return `${MEMBERS}.${member}.`;
}

/** The parameters of a network as tensors, the text `prefix` before their names. */
function tensorsOf(where: string, net: Network, prefix: string): [string, SafetensorsTensor][] {
  const { spec, layout } = stateOf(where, net);
  const values = net.parameters();
  return layout.parameters.map(({ name, shape }) => [
    prefix + name,
    { dtype: DTYPE_NAMES[spec.dtype], shape, data: values.get(name)! },
  ]);
}

/** What the metadata say of each network of an ensemble. */
function membersIn(where: string, nets: readonly Network[]): (number | NetworkSpec)[] {
  const specs = nets.map((net) => stateOf(where, net).spec);
  const first = layersIn(specs[0]);
  return specs.map((spec) => (layersIn(spec) === first ? spec.seed : spec));
}

/** A spec without its seed, as text. */
function layersIn(spec: NetworkSpec | undefined): string {
  return JSON.stringify({ ...spec, seed: 0 });
}

/** The options of {@link fromSafetensors}. */
export interface ModelReadOptions {
  /**
   * Called with a sentence about each thing that is not an error but that the user should know, such as a missing checksum.
   */
  readonly onNote?: (note: string) => void;
}

const NO_CHECKSUM =
  'The file has no checksum, because an older version wrote it: damage to it cannot be noticed. Save the model again to add one.';

/**
 * The model in a file.
 *
 * @param bytes - the whole file; not kept, not changed
 * @param options - `onNote`: called if a file has no checksum
 * @returns the model that was saved: `kind` is 'network', 'classifier' or 'regressor'
 * @throws {TypeError} when `bytes` is no Uint8Array
 * @throws {ModelFormatError} when the file is cut off, damaged (its checksum, CRC-32C over header and data, does not
 *   match), of another program or of an unknown version
 * @example
 * const model = fromSafetensors(bytes);
 * if (model.kind === 'classifier') console.log(model.classes);
 */
export function fromSafetensors(
  bytes: Uint8Array,
  { onNote }: ModelReadOptions = {},
): ModelFromFile {
  const where = 'fromSafetensors';
  const { tensors, metadata } = readSafetensorsFor(where, bytes);
  const check = (name: string, known: readonly string[], remedy = ''): string | undefined => {
    const got = metadata.get(name);
    const words = known.map((word) => `'${word}'`).join(' or ');
    checkFormat(where, known.includes(got ?? ''), name, `must be ${words}`, got, remedy);
    return got;
  };
  check('format', ['vinculum'], ' It is no model that vinculum saved.');
  check('formatVersion', [MODEL_FORMAT_VERSION], ' A newer vinculum may read it.');
  const { stated, computed } = digestOf(bytes);
  const intact = stated === undefined || stated === computed;
  const rule = `must be ${computed}, that of its bytes`;
  checkFormat(where, intact, "the file's checksum", rule, stated, ' The file is damaged.');
  if (stated === undefined) onNote?.(NO_CHECKSUM);
  const kind = check('kind', ['network', 'classifier', 'regressor']);
  const readPart = (name: string): JsonValue => {
    const text = metadata.get(name);
    checkFormat(where, text !== undefined, 'the metadata', `must have '${name}'`, text);
    return readStrictJson(where, `metadata '${name}'`, text);
  };
  const spec = readPart('network');
  const isEnsemble = kind !== 'network' && metadata.has(MEMBERS);
  const listed = isEnsemble ? readPart(MEMBERS) : undefined;
  const networks = valid(where, 'network', () =>
    listed === undefined
      ? ([readNetwork(where, spec, tensors)] as const)
      : readMembers(where, spec, listed, tensors),
  );
  if (kind === 'network') return networks[0];
  const parts = ESTIMATOR_PARTS.filter((part) => metadata.has(part));
  const read = parts.map((part) => [part, readPart(part)]);
  const state = { kind, version: readPart('estimatorVersion'), ...Object.fromEntries(read) };
  return valid(where, 'estimator', () => restoreEstimator(where, state, networks));
}

/** The element type of a network's parameters. */
const DTYPE_NAMES = { float32: 'F32', float64: 'F64' } as const;

/** The type and shape of a tensor in words. */
function formOf(dtype: string, shape: readonly number[]): string {
  return `${dtype} of shape [${shape.join(', ')}]`;
}

/** Rebuilds the network. Nothing is allocated because of the spec before the sizes of the tensors confirm it. */
function readNetwork(
  where: string,
  json: unknown,
  tensors: SafetensorsContent['tensors'],
): Network {
  const spec = readSpec(where, json);
  for (const { name, shape } of layoutOf(spec).parameters) {
    const tensor = tensors.get(name);
    const wanted = formOf(DTYPE_NAMES[spec.dtype], shape);
    const got = tensor && formOf(tensor.dtype, tensor.shape);
    checkFormat(where, got === wanted, `tensor '${name}'`, `must be ${wanted}`, got);
  }
  const values = Array.from(tensors, ([name, { data }]) => [name, data as Float32Array] as const);
  return restoreNetwork(spec, new Map(values));
}

/** Rebuilds the networks of an ensemble. Each tensor must belong to a member. */
function readMembers(
  where: string,
  spec: JsonValue,
  listed: JsonValue,
  tensors: SafetensorsContent['tensors'],
): [Network, ...Network[]] {
  const list: readonly JsonValue[] = Array.isArray(listed) ? listed : [];
  const isList = list.length > 1 && list.length <= MOST_NETWORKS;
  const listRule = `must be a list of 2 to ${MOST_NETWORKS} seeds or networks`;
  checkFormat(where, isList, `metadata '${MEMBERS}'`, listRule, listed);
  const base = readSpec(where, spec);
  const members = list.map(() => new Map<string, SafetensorsTensor>());
  for (const [name, tensor] of tensors) {
    const [, index = '', own = ''] = /^members\.(0|[1-9]\d*)\.(.+)$/.exec(name) ?? [];
    const member = index === '' ? undefined : members[Number(index)];
    const rule = `must be of one of the ${members.length} members`;
    checkFormat(where, member !== undefined, `tensor '${name}'`, rule, name);
    member?.set(own, tensor);
  }
  return members.map((own, index) => {
    const seed = list[index];
    return readNetwork(where, isRecord(seed) ? seed : { ...base, seed }, own);
  }) as [Network, ...Network[]];
}

/** Reads a part of a file. The part was valid when it was saved, so a fault in it means that the file is damaged. */
function valid<Part>(where: string, what: string, read: () => Part): Part {
  try {
    return read();
  } catch (error) {
    throw formatError(withReason(where, `the file's ${what}`, 'must be valid', faultFrom(error)));
  }
}
