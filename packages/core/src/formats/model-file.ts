/**
 * A model as one safetensors file: the parameters as tensors under the names of a torch `state_dict`
 * (`layers.K.weight` [out, in], `layers.K.bias`), everything else as JSON texts in the metadata. A network, a
 * classifier or a regressor comes back as what it was. The file holds no time, path, host, backend or thread
 * count: the same run gives the same bytes.
 */
import { ModelFormatError } from '../errors.ts';
import type { FittedClassifier } from '../estimators/classifier.ts';
import type { FittedRegressor } from '../estimators/regressor.ts';
import { estimatorState, restoreEstimator } from '../estimators/restore.ts';
import type { EstimatorState } from '../estimators/state.ts';
import { restoreNetwork, stateOf, type Network } from '../model.ts';
import { layoutOf } from '../network/layout.ts';
import { readSpec, type NetworkSpec } from '../network/spec.ts';
import { show } from '../options.ts';
import { parseSafetensors } from './read-safetensors.ts';
import type { SafetensorsTensor } from './safetensors.ts';
import { readStrictJson, type JsonValue } from './strict-json.ts';
import { writeSafetensors } from './write-safetensors.ts';

/** What a file gives back; `kind` tells which. */
export type ModelFromFile = Network | FittedClassifier | FittedRegressor;

/** What can be saved. An estimator's state is a record with `kind`, for those who trained by `fit`. */
export type SavableModel = ModelFromFile | EstimatorState;

/** The only version there is. */
const MODEL_FORMAT_VERSION = '1';

/** Metadata names that are ours; a caller's own must be others. */
const RESERVED = [
  'format',
  'formatVersion',
  'kind',
  'network',
  'estimatorVersion',
  'options',
  'preparation',
  'classes',
  'targetScaler',
  'vector',
] as const;

type Reserved = (typeof RESERVED)[number];

/** The parts of an estimator's state, each a JSON text of its own. */
const ESTIMATOR_PARTS = [
  'options',
  'preparation',
  'classes',
  'targetScaler',
  'vector',
] as const satisfies readonly Reserved[];

/** What {@link toSafetensors} takes besides the model. */
export interface ModelFileOptions {
  /** Texts to keep with the model, such as the name of the target; `fromSafetensors` passes them over. */
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
  const own = Object.entries(options.metadata ?? {});
  for (const [name, text] of own) {
    if (isReserved(name) || typeof text !== 'string') {
      throw new RangeError(
        `toSafetensors: metadata must be texts under names other than ${RESERVED.join(', ')}; got ${show(name)}: ${show(text)}.`,
      );
    }
  }
  const state = isState(model) ? model : estimatorState(model);
  const net = state === undefined ? (model as Network) : state.network;
  const { spec } = stateOf('toSafetensors', net);
  const metadata = new Map<string, string>([
    ...own,
    ['format', 'vinculum'],
    ['formatVersion', MODEL_FORMAT_VERSION],
    ['kind', state?.kind ?? 'network'],
    ['network', JSON.stringify(spec)],
  ]);
  if (state !== undefined) {
    metadata.set('estimatorVersion', String(state.version));
    const parts = new Map<string, unknown>(Object.entries(state));
    for (const part of ESTIMATOR_PARTS) {
      if (parts.has(part)) metadata.set(part, JSON.stringify(parts.get(part)));
    }
  }
  return writeSafetensors(parameterTensors(net), metadata);
}

/**
 * The model in a file.
 *
 * @param bytes - the whole file; not kept, not changed
 * @returns what was saved: `kind` is 'network', 'classifier' or 'regressor'
 * @throws {TypeError} when `bytes` is no Uint8Array
 * @throws {ModelFormatError} when the file is cut off, damaged, of another program or of an unknown version
 * @example
 * const model = fromSafetensors(bytes);
 * if (model.kind === 'classifier') console.log(model.classes);
 */
export function fromSafetensors(bytes: Uint8Array): ModelFromFile {
  const where = 'fromSafetensors';
  const { tensors, metadata } = parseSafetensors(where, bytes);
  checkOrigin(where, metadata);
  const kind = metadata.get('kind');
  if (kind !== 'network' && kind !== 'classifier' && kind !== 'regressor') {
    throw new ModelFormatError(
      `${where}: kind must be 'network', 'classifier' or 'regressor'; got ${show(kind)}.`,
    );
  }
  const net = readNetwork(where, readPart(where, metadata, 'network'), tensors);
  if (kind === 'network') return net;
  const parts = ESTIMATOR_PARTS.filter((part) => metadata.has(part));
  const json = Object.fromEntries<JsonValue>([
    ['kind', kind],
    ['version', readPart(where, metadata, 'estimatorVersion')],
    ...parts.map((part) => [part, readPart(where, metadata, part)] as const),
  ]);
  return restoreEstimator(where, json, net);
}

function isReserved(name: string): boolean {
  return RESERVED.some((reserved) => reserved === name);
}

/** A state is a plain record; fitted estimators are objects of a class. */
function isState(model: SavableModel): model is EstimatorState {
  return (
    typeof model === 'object' &&
    model !== null &&
    Object.getPrototypeOf(model) === Object.prototype &&
    (model.kind === 'classifier' || model.kind === 'regressor')
  );
}

function parameterTensors(net: Network): Map<string, SafetensorsTensor> {
  const values = net.parameters();
  const dtype = net.spec.dtype === 'float64' ? 'F64' : 'F32';
  return new Map(
    layoutOf(net.spec).parameters.flatMap(({ name, shape }) => {
      const data = values.get(name);
      return data === undefined ? [] : [[name, { dtype, shape, data }] as const];
    }),
  );
}

function checkOrigin(where: string, metadata: ReadonlyMap<string, string>): void {
  if (metadata.get('format') !== 'vinculum') {
    throw new ModelFormatError(
      `${where}: the file must be a model that vinculum saved; its metadata say format ${show(metadata.get('format'))}.`,
    );
  }
  const version = metadata.get('formatVersion');
  if (version !== MODEL_FORMAT_VERSION) {
    throw new ModelFormatError(
      `${where}: formatVersion must be '${MODEL_FORMAT_VERSION}'; got ${show(version)}. A newer vinculum may read it.`,
    );
  }
}

function readPart(where: string, metadata: ReadonlyMap<string, string>, name: Reserved): JsonValue {
  const text = metadata.get(name);
  if (text === undefined) {
    throw new ModelFormatError(`${where}: the metadata must have '${name}'; they do not.`);
  }
  return readStrictJson(text, {
    fault: (message, offset) =>
      new ModelFormatError(`${where}: metadata '${name}' ${message} (character ${offset}).`),
  });
}

/** Rebuilds the network; nothing is taken on the spec's word before the tensors have its sizes. */
function readNetwork(
  where: string,
  json: JsonValue,
  tensors: ReadonlyMap<string, SafetensorsTensor>,
): Network {
  const spec = readSavedSpec(where, json);
  const { parameters } = layoutOf(spec);
  const dtype = spec.dtype === 'float64' ? 'F64' : 'F32';
  const values = new Map<string, Float32Array | Float64Array>();
  for (const { name, shape } of parameters) {
    const tensor = tensors.get(name);
    const fits = tensor?.dtype === dtype && tensor.shape.join() === shape.join();
    if (tensor === undefined || !fits) {
      throw new ModelFormatError(
        `${where}: tensor '${name}' must be ${dtype} of shape [${shape.join(', ')}], as the network says; ${tensor === undefined ? 'there is none' : `got ${tensor.dtype} [${tensor.shape.join(', ')}]`}.`,
      );
    }
    values.set(name, tensor.data as Float32Array | Float64Array);
  }
  const extra = [...tensors.keys()].find((name) => !values.has(name));
  if (extra !== undefined) {
    throw new ModelFormatError(`${where}: tensor ${show(extra)} must belong to the network.`);
  }
  return refuseAsFormat(where, () => restoreNetwork(spec, values));
}

function readSavedSpec(where: string, json: JsonValue): NetworkSpec {
  return refuseAsFormat(where, () => readSpec(where, json));
}

/** A fault of a spec or a parameter from a file is a fault of the file. */
function refuseAsFormat<Result>(where: string, build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelFormatError(
      `${where}: the file's network must be valid; ${reason.replace(/^\w+: /, '')}`,
    );
  }
}
