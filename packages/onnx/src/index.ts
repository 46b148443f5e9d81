/** `@vinculum/onnx`: models as ONNX files, and ONNX files as models. */
export { compareOnnx, type OnnxComparison } from './compare-onnx.ts';
export { fromOnnx, onnxToSafetensors } from './from-onnx.ts';
export type { OnnxOptions } from './out/model.ts';
export { toOnnx } from './to-onnx.ts';
