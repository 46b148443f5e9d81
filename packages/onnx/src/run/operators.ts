/**
 * The operators that we write or read, as plain loops: what a runtime does with them, by the specification. They check a file by
 * computing with it; they are not fast.
 */
import { erfc, exp, sigmoid, softplus, tanh } from 'vinculum/internal';
import type { ReadNode } from '../in/graph.ts';
import { ELEMENT_TYPES, type ElementName } from '../proto/messages.ts';
import { asNumbers, commonShape, numbersOf, placesIn, sizeOf, type RunTensor } from './tensor.ts';

/** Runs a node of one operator. */
export type Operator = (inputs: readonly RunTensor[], node: ReadNode) => RunTensor;

/** An operator on each number. */
function each(of: (x: number, node: ReadNode) => number): Operator {
  return ([input], node) => {
    const { element, dims } = input!;
    return numbersOf(
      element,
      dims,
      asNumbers(input!).map((x) => of(x, node)),
    );
  };
}

/** An operator on numbers of two tensors that are spread to one shape. */
function pairs(of: (x: number, y: number) => number, result?: ElementName): Operator {
  return (inputs) =>
    inputs.reduce((left, right) => {
      const dims = commonShape([left.dims, right.dims]);
      const [a, b] = [asNumbers(left), asNumbers(right)];
      const [inLeft, inRight] = [placesIn(left.dims, dims), placesIn(right.dims, dims)];
      const values = Float64Array.from(inLeft, (place, at) => of(a[place]!, b[inRight[at]!]!));
      return numbersOf(result ?? left.element, dims, values);
    });
}

/** The place of an axis, which may count from the end. */
function axisOf(node: ReadNode, standard: number, rank: number): number {
  const axis = node.number('axis', standard);
  return axis < 0 ? axis + rank : axis;
}

function elementNamed(code: number): ElementName {
  const found = Object.entries(ELEMENT_TYPES).find(([, one]) => one === code);
  if (found === undefined) throw new RangeError(`the type code ${code} is unknown`);
  return found[0] as ElementName;
}

export const OPERATORS: Readonly<Record<string, Operator>> = {
  Add: pairs((x, y) => x + y),
  Sub: pairs((x, y) => x - y),
  Mul: pairs((x, y) => x * y),
  Div: pairs((x, y) => x / y),
  Max: pairs((x, y) => Math.max(x, y)),
  Min: pairs((x, y) => Math.min(x, y)),
  Sum: pairs((x, y) => x + y),
  GreaterOrEqual: pairs((x, y) => Number(x >= y), 'bool'),
  Relu: each((x) => (x > 0 ? x : 0)),
  LeakyRelu: each((x, node) => (x >= 0 ? x : node.number('alpha', 0.01) * x)),
  Elu: each((x, node) => (x >= 0 ? x : node.number('alpha', 1) * (exp(x) - 1))),
  Selu: each((x, node) => {
    const above = x > 0 ? x : node.number('alpha', 1.67326324) * (exp(x) - 1);
    return node.number('gamma', 1.05070098) * above;
  }),
  Erf: each((x) => 1 - erfc(x)),
  Sigmoid: each((x) => sigmoid(x)),
  Tanh: each((x) => tanh(x)),
  Softplus: each((x) => softplus(x)),
  Exp: each((x) => exp(x)),
  Log: each((x) => Math.log(x)),
  Sqrt: each((x) => Math.sqrt(x)),
  Floor: each((x) => Math.floor(x)),
  Sin: each((x) => Math.sin(x)),
  Cos: each((x) => Math.cos(x)),
  Neg: each((x) => -x),
  Gelu: each((x) => 0.5 * x * erfc(-x * Math.SQRT1_2)),
  Swish: each((x, node) => x * sigmoid(node.number('alpha', 1) * x)),
  Greater: pairs((x, y) => Number(x > y), 'bool'),
  Identity: same,
  Dropout: same,
  Flatten: same,
  ZipMap: same,
  BatchNormalization([input, scale, bias, mean, variance], node) {
    const epsilon = node.number('epsilon', 1e-5);
    const [gamma, beta, mu, square] = [scale!, bias!, mean!, variance!].map(asNumbers);
    return byRow(input!, (row) =>
      row.map((x, k) => {
        const normal = (x - mu![k]!) / Math.sqrt(square![k]! + epsilon);
        return normal * gamma![k]! + beta![k]!;
      }),
    );
  },
  Scaler([input], node) {
    const offset = node.attribute('offset')?.floats ?? [0];
    const scale = node.attribute('scale')?.floats ?? [1];
    return byRow(input!, (row) =>
      row.map((x, k) => (x - offset[k % offset.length]!) * scale[k % scale.length]!),
    );
  },
  IsNaN: ([input]) =>
    numbersOf(
      'bool',
      input!.dims,
      asNumbers(input!).map((x) => Number(Number.isNaN(x))),
    ),
  Where([condition, yes, no]) {
    const dims = commonShape([condition!.dims, yes!.dims, no!.dims]);
    const [test, a, b] = [asNumbers(condition!), asNumbers(yes!), asNumbers(no!)];
    const [inTest, inYes, inNo] = [condition!, yes!, no!].map((one) => placesIn(one.dims, dims));
    const values = Float64Array.from(inTest!, (place, at) =>
      test[place] === 0 ? b[inNo![at]!]! : a[inYes![at]!]!,
    );
    return numbersOf(yes!.element, dims, values);
  },
  Cast([input], node) {
    const element = elementNamed(node.number('to', 0));
    const isWhole = element.startsWith('int') || element === 'uint8';
    const values = asNumbers(input!).map((x) => (isWhole ? Math.trunc(x) : x));
    return numbersOf(element, input!.dims, values);
  },
  Gemm([input, matrix, bias], node) {
    const [rows = 0, inner = 0] = input!.dims;
    const isTransposed = node.number('transB', 0) !== 0;
    const columns = matrix!.dims[isTransposed ? 0 : 1] ?? 0;
    const [across, down] = isTransposed ? [inner, 1] : [1, columns];
    const [alpha, beta] = [node.number('alpha', 1), node.number('beta', 1)];
    const [a, b] = [asNumbers(input!), asNumbers(matrix!)];
    const values = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += a[row * inner + k]! * b[column * across + k * down]!;
        const shift = bias === undefined ? 0 : asNumbers(bias)[column % bias.values.length]!;
        values[row * columns + column] = alpha * sum + beta * shift;
      }
    }
    return numbersOf(input!.element, [rows, columns], values);
  },
  // Of matrices, or of stacks of them: [stack, rows, inner] · [stack, inner, columns].
  MatMul([left, right]) {
    const [rows = 0, inner = 0] = left!.dims.slice(-2);
    const columns = right!.dims.at(-1) ?? 0;
    const [a, b] = [asNumbers(left!), asNumbers(right!)];
    const dims = [...left!.dims.slice(0, -1), columns];
    const values = new Float64Array(sizeOf(dims));
    for (let at = 0; at < values.length; at++) {
      const column = at % columns;
      const row = Math.floor(at / columns);
      const first = (right!.dims.length > 2 ? Math.floor(row / rows) : 0) * inner;
      for (let k = 0; k < inner; k++) {
        values[at]! += a[row * inner + k]! * b[(first + k) * columns + column]!;
      }
    }
    return numbersOf(left!.element, dims, values);
  },
  Softmax: ([input]) =>
    byRow(input!, (row) => {
      const most = Math.max(...row);
      const powers = row.map((x) => exp(x - most));
      const sum = powers.reduce((total, one) => total + one, 0);
      return powers.map((one) => one / sum);
    }),
  LayerNormalization([input, scale, shift], node) {
    const epsilon = node.number('epsilon', 1e-5);
    const gamma = asNumbers(scale!);
    const beta = shift === undefined ? undefined : asNumbers(shift);
    return byRow(input!, (row) => {
      const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
      const variance = row.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / row.length;
      const root = Math.sqrt(variance + epsilon);
      return row.map((x, k) => ((x - mean) / root) * gamma[k]! + (beta?.[k] ?? 0));
    });
  },
  ArgMax([input]) {
    const [rows = 0, columns = 0] = input!.dims;
    const values = asNumbers(input!);
    const best = Float64Array.from({ length: rows }, (_, row) => {
      const own = values.subarray(row * columns, (row + 1) * columns);
      return own.indexOf(Math.max(...own));
    });
    return numbersOf('int64', [rows], best);
  },
  Gather([input, indices], node) {
    const axis = axisOf(node, 0, input!.dims.length);
    const outer = sizeOf(input!.dims.slice(0, axis));
    const inner = sizeOf(input!.dims.slice(axis + 1));
    const extent = input!.dims[axis] ?? 0;
    const chosen = asNumbers(indices!);
    const dims = [...input!.dims.slice(0, axis), ...indices!.dims, ...input!.dims.slice(axis + 1)];
    const places = Array.from({ length: outer * chosen.length * inner }, (_, at) => {
      const within = at % inner;
      const rest = Math.floor(at / inner);
      const one = chosen[rest % chosen.length]!;
      return (Math.floor(rest / chosen.length) * extent + one) * inner + within;
    });
    return moved(input!, dims, places);
  },
  Concat(inputs) {
    const rows = inputs[0]!.dims[0] ?? 0;
    const widths = inputs.map(({ dims }) => dims[1] ?? 0);
    const width = widths.reduce((sum, one) => sum + one, 0);
    const values = new Float64Array(rows * width);
    let first = 0;
    for (const [index, input] of inputs.entries()) {
      const own = widths[index]!;
      const from = asNumbers(input);
      for (let row = 0; row < rows; row++) {
        values.set(from.subarray(row * own, (row + 1) * own), row * width + first);
      }
      first += own;
    }
    return numbersOf(inputs[0]!.element, [rows, width], values);
  },
  Transpose([input], node) {
    const order = node.attribute('perm')?.ints ?? [];
    const dims = order.map((axis) => input!.dims[axis] ?? 0);
    const strides = order.map((axis) => sizeOf(input!.dims.slice(axis + 1)));
    const places = Array.from({ length: sizeOf(dims) }, (_, at) => {
      let rest = at;
      let place = 0;
      for (let axis = dims.length - 1; axis >= 0; axis--) {
        place += (rest % dims[axis]!) * strides[axis]!;
        rest = Math.floor(rest / dims[axis]!);
      }
      return place;
    });
    return moved(input!, dims, places);
  },
  Unsqueeze([input, axes]) {
    const dims = [...input!.dims];
    for (const axis of asNumbers(axes!)) dims.splice(axis, 0, 1);
    return { ...input!, dims };
  },
  Reshape([input, shape]) {
    const given = Array.from(asNumbers(shape!));
    const known = given.reduce((product, one, axis) => {
      return product * (one === 0 ? (input!.dims[axis] ?? 0) : Math.max(one, 1));
    }, 1);
    const kept = given.map((one, axis) => (one === 0 ? (input!.dims[axis] ?? 0) : one));
    const dims = kept.map((one) => (one === -1 ? input!.values.length / known : one));
    return { ...input!, dims };
  },
  Pad([input, pads]) {
    const [rows = 0, columns = 0] = input!.dims;
    const more = asNumbers(pads!)[3]!;
    const values = new Float64Array(rows * (columns + more));
    asNumbers(input!).forEach((x, at) => {
      values[Math.floor(at / columns) * (columns + more) + (at % columns)] = x;
    });
    return numbersOf(input!.element, [rows, columns + more], values);
  },
  OneHotEncoder([input], node) {
    const known = node.attribute('cats_strings')?.strings ?? [];
    const rows = input!.values as readonly string[];
    const values = new Float64Array(rows.length * known.length);
    rows.forEach((text, row) => {
      const place = known.indexOf(text);
      if (place !== -1) values[row * known.length + place] = 1;
    });
    return numbersOf('float', [...input!.dims, known.length], values);
  },
  LabelEncoder([input], node) {
    const keys = node.attribute('keys_strings')?.strings ?? [];
    const numbers = node.attribute('values_floats')?.floats ?? [];
    const places = new Map(keys.map((key, place) => [key, numbers[place] ?? NaN]));
    const standard = node.number('default_float', 0);
    const values = (input!.values as readonly string[]).map((text) => places.get(text) ?? standard);
    return numbersOf('float', input!.dims, Float64Array.from(values));
  },
};

/** What changes no number. */
function same([input]: readonly RunTensor[]): RunTensor {
  return input!;
}

/** A function of each row of a matrix. */
function byRow(input: RunTensor, of: (row: number[]) => number[]): RunTensor {
  const [rows = 0, columns = 0] = input.dims;
  const values = asNumbers(input);
  const result = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    result.set(of([...values.subarray(row * columns, (row + 1) * columns)]), row * columns);
  }
  return numbersOf(input.element, input.dims, result);
}

/** Elements in other places; of numbers and of texts. */
function moved(input: RunTensor, dims: readonly number[], places: readonly number[]): RunTensor {
  const { element, values } = input;
  return element === 'string'
    ? { element, dims, values: places.map((place) => (values as readonly string[])[place]!) }
    : {
        element,
        dims,
        values: Float64Array.from(places, (place) => (values as Float64Array)[place]!),
      };
}
