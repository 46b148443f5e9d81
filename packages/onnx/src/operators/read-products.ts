/** Products with matrices: Gemm and MatMul. */
import type { Constant } from '../proto/tensor.ts';
import type { Readers, Reading } from '../in/stage.ts';

export const PRODUCT_READERS: Readers = {
  Gemm(node, graph) {
    const [from = '', second, third] = node.inputs;
    if (node.number('transA', 0) !== 0) return 'must not transpose its input';
    const weight = graph.constant(second);
    if (weight === undefined) return 'must have a constant matrix';
    const bias = graph.constant(third);
    if (third !== undefined && third !== '' && bias === undefined)
      return 'must have a constant bias';
    return affine(from, weight, {
      transposed: node.number('transB', 0) !== 0,
      factor: node.number('alpha', 1),
      bias,
      biasFactor: node.number('beta', 1),
    });
  },
  MatMul(node, graph) {
    const [from = '', second] = node.inputs;
    const weight = graph.constant(second);
    return weight === undefined
      ? 'must be a product of rows with a constant matrix'
      : affine(from, weight, { transposed: false, factor: 1, bias: undefined, biasFactor: 1 });
  },
};

interface Product {
  /** Whether the matrix is [outputs, inputs]. */
  readonly transposed: boolean;
  readonly factor: number;
  readonly bias: Constant | undefined;
  readonly biasFactor: number;
}

function affine(
  from: string,
  { dims, values }: Constant,
  { transposed, factor, bias, biasFactor }: Product,
): Reading | string {
  const [rows, columns, ...others] = dims;
  if (rows === undefined || columns === undefined || others.length > 0) {
    return `must have a matrix of two dimensions, and has ${dims.length}`;
  }
  const [outputs, inputs] = transposed ? [rows, columns] : [columns, rows];
  const weight = new Float64Array(outputs * inputs);
  const source = values as Float64Array;
  for (let out = 0; out < outputs; out++) {
    for (let column = 0; column < inputs; column++) {
      const at = transposed ? out * inputs + column : column * outputs + out;
      weight[out * inputs + column] = source[at]! * factor;
    }
  }
  const given = (bias?.values ?? Float64Array.of(0)) as Float64Array;
  if (given.length !== 1 && given.length !== outputs) {
    return `must have a bias of ${outputs} numbers, and has ${given.length}`;
  }
  const shift = Float64Array.from(
    { length: outputs },
    (_, out) => biasFactor * given[out % given.length]!,
  );
  return { from, stages: [{ kind: 'affine', inputs, outputs, weight, bias: shift }] };
}
