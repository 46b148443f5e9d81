/**
 * The preparation of a table as nodes: an input for each column, missing values filled, numbers scaled, texts one-hot or as the
 * number of their category, dates in parts; the result is the matrix that the networks take. What `prepare` does in
 * float64 is done in double here.
 */
import type { ColumnPreparation, ColumnScaling, TablePreparation } from 'vinculum';
import { datePartCycle, startsOf, widthOf } from 'vinculum/internal';
import { arithmeticOf } from './arithmetic.ts';
import { datePartsOf, onCircle } from './calendar.ts';
import { ML_DOMAIN, type GraphBuilder, type Value } from './graph-builder.ts';

type Prepared<Kind extends ColumnPreparation['kind']> = Extract<
  ColumnPreparation,
  { readonly kind: Kind }
>;

type Numbers = Prepared<'number' | 'boolean'>;

/** Some columns of the matrix, float, and their places in it. */
interface Block {
  readonly value: Value;
  readonly places: readonly number[];
}

/** Beyond this share of the limit the square of a share dwarfs 1. */
const FARTHEST = 1e8;

/**
 * The matrix of a table or, if the columns have no names, of one input `x`.
 *
 * @returns float, shape [N, width]
 */
export function writePreparation(graph: GraphBuilder, preparation: TablePreparation): Value {
  const { columns, width, named } = preparation;
  const starts = startsOf(columns);
  const places = (index: number, first = 0, count = widthOf(columns[index]!) - first): number[] =>
    Array.from({ length: count }, (_, step) => starts[index]! + first + step);
  const numbers = columns.flatMap((column, index) => (isNumbers(column) ? [index] : []));
  const matrix =
    named || !columns.every((column) => isNumbers(column) || column.kind === 'ignored')
      ? undefined
      : graph.input('x', 'double', columns.length);
  const inputs = new Map<number, Value>();
  for (const [index, { name, kind }] of columns.entries()) {
    if (kind === 'ignored' || matrix !== undefined) continue;
    inputs.set(index, graph.input(name, kind === 'text' ? 'string' : 'double', 1));
  }
  const blocks: Block[] = [];
  if (numbers.length > 0) {
    const chosen = graph.shared('int64', numbers, [numbers.length]);
    const cells =
      matrix === undefined
        ? joined(
            graph,
            numbers.map((index) => inputs.get(index)!),
          )
        : graph.node('Gather', [matrix, chosen], { axis: { i: 1 } });
    const fitted = numbers.map((index) => columns[index] as Numbers);
    const missing = graph.node('IsNaN', [cells]);
    const fill = vector(
      graph,
      fitted.map((one) => one.fill),
    );
    const filled = graph.node('Where', [missing, fill, cells]);
    blocks.push({
      value: scaled(graph, filled, fitted),
      places: numbers.flatMap((i) => places(i, 0, 1)),
    });
    const told = fitted.flatMap(({ indicator }, place) => (indicator === true ? [place] : []));
    if (told.length > 0) {
      const marks = graph.node('Cast', [missing], { to: { i: 1 } });
      const value = graph.node('Gather', [marks, graph.shared('int64', told, [told.length])], {
        axis: { i: 1 },
      });
      blocks.push({ value, places: told.flatMap((place) => places(numbers[place]!, 1)) });
    }
  }
  for (const [index, column] of columns.entries()) {
    if (column.kind === 'text') {
      blocks.push({ value: writeText(graph, inputs.get(index)!, column), places: places(index) });
    } else if (column.kind === 'date') {
      blocks.push({ value: writeDate(graph, inputs.get(index)!, column), places: places(index) });
    }
  }
  return inOrder(graph, blocks, width);
}

function isNumbers({ kind }: ColumnPreparation): boolean {
  return kind === 'number' || kind === 'boolean';
}

/** The blocks side by side, each column in its place. */
function inOrder(graph: GraphBuilder, blocks: readonly Block[], width: number): Value {
  const value = joined(
    graph,
    blocks.map((block) => block.value),
  );
  const from = blocks.flatMap((block) => block.places);
  if (from.every((place, index) => place === index)) return value;
  const order = Array.from({ length: width }, (_, place) => from.indexOf(place));
  return graph.node('Gather', [value, graph.shared('int64', order, [width])], { axis: { i: 1 } });
}

function joined(graph: GraphBuilder, values: readonly Value[]): Value {
  return values.length === 1 ? values[0]! : graph.node('Concat', values, { axis: { i: 1 } });
}

function vector(graph: GraphBuilder, values: readonly number[]): Value {
  return graph.shared('double', values, [values.length]);
}

/** z = (value − mean) / scale, and with a limit c z / √(1 + (z / c)²), of each column; as float. */
function scaled(graph: GraphBuilder, value: Value, fitted: readonly ColumnScaling[]): Value {
  const { add, subtract, multiply, divide } = arithmeticOf(graph);
  const centred = subtract(
    value,
    vector(
      graph,
      fitted.map(({ mean }) => mean),
    ),
  );
  const z = divide(
    centred,
    vector(
      graph,
      fitted.map(({ scale }) => scale),
    ),
  );
  if (fitted.every(({ limit }) => limit === undefined)) return asFloat(graph, z);
  const most = fitted.map(({ limit = Infinity }) => Math.min(limit * FARTHEST, Number.MAX_VALUE));
  const above = graph.node('Max', [
    z,
    vector(
      graph,
      most.map((one) => -one),
    ),
  ]);
  const within = graph.node('Min', [above, vector(graph, most)]);
  const share = divide(
    within,
    vector(
      graph,
      fitted.map(({ limit = Infinity }) => limit),
    ),
  );
  const root = graph.node('Sqrt', [add(multiply(share, share), 1)]);
  return asFloat(graph, divide(within, root));
}

function asFloat(graph: GraphBuilder, value: Value): Value {
  return graph.node('Cast', [value], { to: { i: 1 } });
}

/** One-hot columns of the categories, or the number of a category; the empty text is a missing cell. */
function writeText(graph: GraphBuilder, input: Value, column: Prepared<'text'>): Value {
  const { categories, missing, embedded } = column;
  const isFree = missing && !categories.includes('');
  const known = isFree ? [...categories, ''] : categories;
  if (embedded === true) {
    const attributes = {
      keys_strings: { strings: categories },
      values_floats: { floats: categories.map((_, index) => index + 1) },
      default_float: { f: 0 },
    };
    return graph.node('LabelEncoder', [input], attributes, ML_DOMAIN);
  }
  const attributes = { cats_strings: { strings: known }, zeros: { i: 1 } };
  const encoded = graph.node('OneHotEncoder', [input], attributes, ML_DOMAIN);
  const width = widthOf(column);
  const flat = graph.node('Reshape', [encoded, graph.shared('int64', [-1, known.length], [2])]);
  if (known.length === width) return flat;
  const pads = graph.shared('int64', [0, 0, 0, width - known.length], [4]);
  return graph.node('Pad', [flat, pads]);
}

function writeDate(
  graph: GraphBuilder,
  input: Value,
  { fill, parts, indicator }: Prepared<'date'>,
): Value {
  const missing = graph.node('IsNaN', [input]);
  const time = graph.node('Where', [missing, graph.scalar(fill, 'double'), input]);
  const known = datePartsOf(graph, time);
  const values = parts.flatMap(({ part, ...scaling }) => {
    const cycle = datePartCycle(part);
    if (cycle === undefined) return [scaled(graph, known[part], [scaling])];
    return onCircle(graph, known[part], cycle).map((one) => asFloat(graph, one));
  });
  if (indicator === true) values.push(asFloat(graph, missing));
  return joined(graph, values);
}
