/**
 * Collects the nodes and constants of a graph that is written. A value is the name of an output of a node, of a constant or
 * of an input of the graph.
 */
import {
  ATTRIBUTE_TYPES,
  ELEMENT_TYPES,
  type Attribute,
  type ElementName,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfo,
} from '../proto/messages.ts';
import { tensorOf, type Constant } from '../proto/tensor.ts';

/** The name of a value. */
export type Value = string;

/** Attributes by name, each with the field that holds its value: `{ axis: { i: 1 } }`. */
export type Attributes = Readonly<Record<string, Omit<Attribute, 'name' | 'type'>>>;

/** The domain of the operators of classical machine learning, such as those that read texts. */
export const ML_DOMAIN = 'ai.onnx.ml';

export class GraphBuilder {
  readonly #nodes: NodeProto[] = [];
  readonly #constants: TensorProto[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #names = new Set<string>();
  readonly #shared = new Map<string, Value>();

  /** Whether a node of {@link ML_DOMAIN} is among the nodes. */
  get usesMl(): boolean {
    return this.#nodes.some(({ domain }) => domain === ML_DOMAIN);
  }

  /** An input of the graph with N rows. */
  input(name: string, element: ElementName, columns: number): Value {
    const own = this.#fresh(name);
    this.#inputs.push(valueInfo(own, element, [columns]));
    return own;
  }

  /** Makes a value an output of the graph under a name. @param shape - without the dimension of the rows */
  output(name: string, value: Value, element: ElementName, shape: readonly number[]): void {
    this.#names.add(name);
    this.#nodes.push({ input: [value], output: [name], name: `to_${name}`, opType: 'Identity' });
    this.#outputs.push(valueInfo(name, element, shape));
  }

  /** A node with one output. @param domain - absent for the standard operators */
  node(
    opType: string,
    input: readonly Value[],
    attributes: Attributes = {},
    domain?: string,
  ): Value {
    const output = this.#fresh(opType.toLowerCase());
    const attribute = Object.entries(attributes).map(([name, value]): Attribute => ({
      name,
      ...value,
      type: typeOf(value),
    }));
    this.#nodes.push({
      input,
      output: [output],
      name: output,
      opType,
      ...(attribute.length > 0 ? { attribute } : {}),
      ...(domain === undefined ? {} : { domain }),
    });
    return output;
  }

  /** A constant under a name of its own, such as that of a parameter. */
  constant(name: string, constant: Constant): Value {
    const own = this.#fresh(name);
    this.#constants.push(tensorOf(own, constant));
    return own;
  }

  /** A constant that several nodes may share, because equal ones are written once. */
  shared(element: ElementName, values: readonly number[], dims: readonly number[] = []): Value {
    const key = JSON.stringify([element, values, dims]);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const value = this.constant('constant', { element, dims, values: Float64Array.from(values) });
    this.#shared.set(key, value);
    return value;
  }

  /** A number as a constant of the type that the other operand has. */
  scalar(value: number, element: 'float' | 'double' | 'int64'): Value {
    return this.shared(element, [value]);
  }

  /** The whole graph. Readers expect its nodes in the order of their dependence, in which they were made. */
  build(name: string): GraphProto {
    return {
      node: this.#nodes,
      name,
      initializer: this.#constants,
      input: this.#inputs,
      output: this.#outputs,
    };
  }

  /** The name itself, or with a number, if it is taken. */
  #fresh(name: string): string {
    let own = name;
    for (let count = 1; this.#names.has(own); count++) own = `${name}_${count}`;
    this.#names.add(own);
    return own;
  }
}

function typeOf(value: Attributes[string]): number {
  const [field] = Object.keys(value) as (keyof typeof ATTRIBUTE_TYPES)[];
  return ATTRIBUTE_TYPES[field!];
}

function valueInfo(name: string, element: ElementName, shape: readonly number[]): ValueInfo {
  const dim = [{ dimParam: 'N' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[element], shape: { dim } } } };
}
