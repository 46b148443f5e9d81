/** The graph of a file as it is read: which node makes a value, and which values are constants. */
import { formatError, show } from 'vinculum/internal';
import type { Attribute, GraphProto, NodeProto } from '../proto/messages.ts';
import { constantOf, type Constant } from '../proto/tensor.ts';

/** A node with its parts. */
export class ReadNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Its type and name, for messages: `Conv 'first'`. */
  readonly title: string;
  readonly #attributes: ReadonlyMap<string, Attribute>;

  constructor({ opType = '', input = [], output = [], name, attribute = [] }: NodeProto) {
    this.opType = opType;
    this.inputs = input;
    this.outputs = output;
    this.title = `${opType} ${show(name === undefined || name === '' ? (output[0] ?? '') : name)}`;
    this.#attributes = new Map(attribute.map((one) => [one.name, one]));
  }

  /** A number of an attribute, or the value that stands for a missing one. */
  number(name: string, standard: number): number {
    const attribute = this.#attributes.get(name);
    return attribute?.f ?? attribute?.i ?? standard;
  }

  /** A text of an attribute. */
  text(name: string, standard: string): string {
    return this.#attributes.get(name)?.s ?? standard;
  }

  /** The whole attribute. */
  attribute(name: string): Attribute | undefined {
    return this.#attributes.get(name);
  }
}

/** Operators that move the numbers of a constant and change none. */
const MOVING = new Set(['Identity', 'Cast', 'Reshape', 'Unsqueeze', 'Squeeze', 'Flatten']);

/** A constant that is the result of many operators would be a graph of its own; no exporter writes one. */
const MOST_MOVES = 8;

export class ReadGraph {
  readonly inputs: readonly { readonly name: string; readonly columns: number | undefined }[];
  readonly outputs: readonly string[];
  /** In the order of the file, which is that of their dependence. */
  readonly nodes: readonly ReadNode[];
  readonly #where: string;
  readonly #producers = new Map<string, ReadNode>();
  readonly #constants = new Map<string, Constant>();

  constructor(where: string, { node = [], initializer = [], input = [], output = [] }: GraphProto) {
    this.#where = where;
    for (const tensor of initializer) {
      this.#constants.set(tensor.name ?? '', constantOf(where, tensor));
    }
    this.inputs = input
      .filter(({ name = '' }) => !this.#constants.has(name))
      .map(({ name = '', type }) => ({
        name,
        columns: type?.tensorType?.shape?.dim?.[1]?.dimValue,
      }));
    this.outputs = output.map(({ name = '' }) => name);
    this.nodes = node.map((one) => new ReadNode(one));
    for (const one of this.nodes) for (const name of one.outputs) this.#producers.set(name, one);
  }

  /** The node that makes a value; undefined for an input or a constant. */
  producer(value: string): ReadNode | undefined {
    return this.#producers.get(value);
  }

  /** The numbers or texts of a value that no input changes; undefined if it is none. */
  constant(value: string | undefined, moves = 0): Constant | undefined {
    if (value === undefined || value === '') return undefined;
    const known = this.#constants.get(value);
    if (known !== undefined) return known;
    const node = this.producer(value);
    if (node === undefined || moves > MOST_MOVES) return undefined;
    if (node.opType === 'Constant') return this.#keep(value, valueOf(this.#where, node));
    const from = MOVING.has(node.opType) ? this.constant(node.inputs[0], moves + 1) : undefined;
    return from === undefined ? undefined : this.#keep(value, from);
  }

  /** A constant number; undefined if the value is none. */
  scalar(value: string | undefined): number | undefined {
    const values = this.constant(value)?.values;
    return values?.length === 1 && typeof values[0] === 'number' ? values[0] : undefined;
  }

  /** The nodes that a value depends on, in the order in which they are met: all, or the nearest. */
  ancestors(value: string, most: number = Infinity): ReadNode[] {
    const seen = new Set<ReadNode>();
    const open = [value];
    for (let next = open.pop(); next !== undefined && seen.size < most; next = open.pop()) {
      const node = this.producer(next);
      if (node === undefined || seen.has(node)) continue;
      seen.add(node);
      open.push(...node.inputs);
    }
    return [...seen];
  }

  #keep(value: string, constant: Constant | undefined): Constant | undefined {
    if (constant !== undefined) this.#constants.set(value, constant);
    return constant;
  }
}

function valueOf(where: string, node: ReadNode): Constant | undefined {
  const tensor = node.attribute('value')?.t;
  if (tensor !== undefined) return constantOf(where, tensor);
  const { f, floats } = {
    f: node.attribute('value_float')?.f,
    floats: node.attribute('value_floats')?.floats,
  };
  const ints = node.attribute('value_ints')?.ints ?? wrapped(node.attribute('value_int')?.i);
  const numbers = floats ?? wrapped(f);
  if (numbers !== undefined)
    return { element: 'float', dims: [numbers.length], values: Float64Array.from(numbers) };
  if (ints !== undefined)
    return { element: 'int64', dims: [ints.length], values: Float64Array.from(ints) };
  throw formatError({
    where,
    subject: `the node ${node.title}`,
    rule: 'must hold a tensor or numbers',
  });
}

function wrapped(value: number | undefined): readonly number[] | undefined {
  return value === undefined ? undefined : [value];
}
