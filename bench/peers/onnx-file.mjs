/**
 * Writes a multilayer perceptron as the bytes of an ONNX file: Gemm, Relu, …, Gemm, Softmax. It has only the part of protobuf
 * that this needs.
 *
 * Source: onnx.proto3 of ONNX 1.16 (IR version 8, operator set 13), for the field numbers.
 */
import { makeRows } from '../work.mjs';

const text = (words) => Buffer.from(words);

/** An unsigned LEB128 number. */
function varint(number) {
  const bytes = [];
  for (let rest = number; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) | 128 : rest);
    if (rest < 128) return Buffer.from(bytes);
  }
}

const field = (number, bytes) =>
  Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
const count = (number, amount) => Buffer.concat([varint(number * 8), varint(amount)]);
const message = (...fields) => Buffer.concat(fields);

/** TensorProto: dims 1, data_type 2 (1 is float), name 8, raw_data 9. */
function tensor(name, dims, values) {
  return message(
    ...dims.map((extent) => count(1, extent)),
    count(2, 1),
    field(8, text(name)),
    field(9, Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
}

/** NodeProto: input 1, output 2, op_type 4, attribute 5 (name 1, i 3, type 20, in which 2 means an integer). */
function node(type, inputs, output, attributes = {}) {
  return message(
    ...inputs.map((name) => field(1, text(name))),
    field(2, text(output)),
    field(4, text(type)),
    ...Object.entries(attributes).map(([name, amount]) =>
      field(5, message(field(1, text(name)), count(3, amount), count(20, 2))),
    ),
  );
}

/** ValueInfoProto: name 1, type 2 → tensor_type 1 → elem_type 1, shape 2 → dim 1 → dim_value 1 or dim_param 2. */
function value(name, columns) {
  const dims = [field(1, field(2, text('rows'))), field(1, count(1, columns))];
  const type = message(count(1, 1), field(2, message(...dims)));
  return message(field(1, text(name)), field(2, field(1, type)));
}

/** @param {number[]} widths */
export function onnxOf(widths) {
  const [inputs, ...units] = widths;
  const nodes = [];
  const initializers = [];
  let from = 'x';
  units.forEach((width, layer) => {
    const before = widths[layer];
    const small = makeRows(width, before).map((one) => one / Math.sqrt(before));
    initializers.push(
      tensor(`W${layer}`, [width, before], small),
      tensor(`b${layer}`, [width], makeRows(1, width)),
    );
    nodes.push(node('Gemm', [from, `W${layer}`, `b${layer}`], `m${layer}`, { transB: 1 }));
    const last = layer === units.length - 1;
    nodes.push(
      last
        ? node('Softmax', [`m${layer}`], 'y', { axis: 1 })
        : node('Relu', [`m${layer}`], `h${layer}`),
    );
    from = `h${layer}`;
  });
  // GraphProto: node 1, name 2, initializer 5, input 11, output 12.
  const graph = message(
    ...nodes.map((one) => field(1, one)),
    field(2, text('mlp')),
    ...initializers.map((one) => field(5, one)),
    field(11, value('x', inputs)),
    field(12, value('y', units.at(-1))),
  );
  // ModelProto: ir_version 1, graph 7, opset_import 8 (version 2).
  return message(count(1, 8), field(7, graph), field(8, count(2, 13)));
}
