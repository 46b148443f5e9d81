/** The public way out: the bytes of an ONNX file. */
import type { SavableModel } from 'vinculum';
import { checkOptions } from 'vinculum/internal';
import { modelProto, type OnnxOptions } from './out/model.ts';
import { encode } from './proto/codec.ts';
import { MODEL } from './proto/messages.ts';

/**
 * A model as an ONNX file (IR version 8, opset 17), for onnxruntime and everything else that reads ONNX.
 *
 * A network has the input `x` [N, inputs], float, and the output `output`. An estimator has an input [N, 1] for each column that
 * it uses, under the name of the column: text as string (the empty text is a missing cell); numbers, truth values (0 and 1) and
 * dates (milliseconds since 1970-01-01 00:00) as double, NaN if missing. If its rows had no names and no missing cells, it has one
 * input `x` [N, columns], double. A classifier has the outputs `label` [N] and `probabilities` [N, classes], one of several
 * labels a row `labels` [N, labels] and `probabilities`, a regressor `prediction` [N, targets], float. The outputs agree with
 * `predict` to about 1e-6, not bit for bit, because a runtime sums in an order of its own.
 *
 * @param model - a network, or a fitted classifier or regressor, ensembles included; or the bytes of a model file, whose texts of the caller's own stay with it
 * @param options - `name = 'vinculum'`; `preparation = true`: false for a graph that takes the prepared matrix; `metadata`
 * @returns the file, in new memory; the same model gives the same bytes
 * @throws {TypeError} when `model` is none of these or an option is unknown
 * @throws {ModelFormatError} when it is bytes that are no model file
 * @throws {VinculumError} with code 'not-fitted' when an estimator is not fitted
 * @example
 * const bytes = toOnnx(net);
 * bytes[0]; // 8, the tag of the IR version
 */
export function toOnnx(
  model: SavableModel | Uint8Array,
  options: OnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  const where = 'toOnnx';
  checkOptions(where, options, ['name', 'preparation', 'metadata']);
  return encode(MODEL, modelProto(where, model, options));
}
