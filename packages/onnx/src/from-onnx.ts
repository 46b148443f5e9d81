/** The public way in: a model from the bytes of an ONNX file. */
import { fromSafetensors, type ModelFromFile } from 'vinculum';
import { mustBe, typeError } from 'vinculum/internal';
import { modelFileOf } from './in/model.ts';
import { decode } from './proto/codec.ts';
import { MODEL } from './proto/messages.ts';

/**
 * The model in an ONNX file.
 *
 * A file of `toOnnx` gives back the model that it was made from, with its preparation and the same bits. Of other files, such as those of
 * PyTorch's, Keras' and scikit-learn's exporters, multilayer perceptrons are read: Gemm, MatMul, sums and products with
 * constants, batch normalisation (folded into the matrices), layer normalisation, activations, softmax, and operators that change no number.
 * If the file has labels beside its probabilities, the model is a classifier of rows of numbers, else a network.
 *
 * @param bytes - the whole file; not kept, not changed
 * @returns the model; `kind` is 'network', 'classifier' or 'regressor'
 * @throws {TypeError} when `bytes` is no Uint8Array
 * @throws {ModelFormatError} when the file is no ONNX model, or has operators that are not read: its message lists each of them.
 *   Numbers in other files are refused, and no other file is opened
 * @example
 * const again = fromOnnx(toOnnx(net));
 * again.kind; // 'network'
 */
export function fromOnnx(bytes: Uint8Array): ModelFromFile {
  return fromSafetensors(modelFile('fromOnnx', bytes));
}

/**
 * The bytes of a model file with the model in an ONNX file; see {@link fromOnnx}. A file of `toOnnx` gives the very model
 * file that it was made from, byte for byte.
 *
 * @param bytes - the whole file; not kept, not changed
 * @returns new memory, for `fromSafetensors` or a file
 * @throws {TypeError} when `bytes` is no Uint8Array
 * @throws {ModelFormatError} as {@link fromOnnx} does
 * @example
 * onnxToSafetensors(toOnnx(net)).length === toSafetensors(net).length; // true
 */
export function onnxToSafetensors(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return modelFile('onnxToSafetensors', bytes);
}

function modelFile(where: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const given: unknown = bytes;
  if (given instanceof Uint8Array) return modelFileOf(where, decode(where, MODEL, bytes));
  throw typeError(mustBe(where, 'bytes', 'a Uint8Array', given));
}
