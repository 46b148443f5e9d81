/** Runs the graph of a file node by node, so that a file can be compared with the model that it came from or became. */
import type { ReadGraph } from '../in/graph.ts';
import { OPERATORS } from './operators.ts';
import type { RunTensor } from './tensor.ts';

/**
 * A value of a graph; only the nodes that it depends on run.
 *
 * @param inputs - a tensor for each input of the graph
 * @throws {RangeError} when an operator is none of those that we write or read
 */
export function runGraph(
  graph: ReadGraph,
  inputs: ReadonlyMap<string, RunTensor>,
  output: string,
): RunTensor {
  const needed = new Set(graph.ancestors(output));
  const known = new Map(inputs);
  for (const node of graph.nodes) {
    if (!needed.has(node) || node.opType === 'Constant') continue;
    const operator = OPERATORS[node.opType];
    if (operator === undefined) throw new RangeError(`the operator of ${node.title} is not known`);
    const values = node.inputs.map((name) => {
      const value = known.get(name) ?? graph.constant(name);
      if (value === undefined && name !== '') throw new RangeError(`there is no value '${name}'`);
      return value!;
    });
    known.set(node.outputs[0]!, operator(values, node));
  }
  return known.get(output)!;
}
