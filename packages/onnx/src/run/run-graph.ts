/** Runs the graph of a file node by node, so that an export can be compared with the model that it came from. */
import { ReadGraph } from '../in/graph.ts';
import type { ModelProto } from '../proto/messages.ts';
import { OPERATORS } from './operators.ts';
import type { RunTensor } from './tensor.ts';

/**
 * The outputs of a graph by name.
 *
 * @param inputs - a tensor for each input of the graph
 * @throws {RangeError} when an operator is none of those that we write
 */
export function runGraph(
  proto: ModelProto,
  inputs: ReadonlyMap<string, RunTensor>,
): ReadonlyMap<string, RunTensor> {
  const graph = new ReadGraph('runGraph', proto.graph ?? {});
  const known = new Map(inputs);
  for (const node of graph.nodes) {
    const operator = OPERATORS[node.opType];
    if (operator === undefined) throw new RangeError(`the operator of ${node.title} is not known`);
    const values = node.inputs.map((name) => {
      const value = known.get(name) ?? graph.constant(name);
      if (value === undefined) throw new RangeError(`there is no value '${name}'`);
      return value;
    });
    known.set(node.outputs[0]!, operator(values, node));
  }
  return new Map(graph.outputs.map((name) => [name, known.get(name)!]));
}
