/** The labels of classes in a graph: exporters write them beside the probabilities, each in its own way. */
import type { Label } from 'vinculum';
import type { ReadGraph, ReadNode } from './graph.ts';

/** From a list of labels to the largest output there are few steps, such as a change of type. */
const MOST_STEPS = 8;

/**
 * The labels in the order of the outputs; undefined if the graph has none.
 *
 * @param output - the output with the probabilities
 */
export function labelsOf(graph: ReadGraph, output: string): Label[] | undefined {
  const found = [output, ...graph.outputs.filter((name) => name !== output)]
    .flatMap((name) => graph.ancestors(name))
    .map((node) => fromZipMap(node) ?? fromChoice(node, graph))
    .find((labels) => labels !== undefined);
  return found === undefined ? undefined : [...found];
}

/** ZipMap of scikit-learn's exporter makes a map from label to probability. */
function fromZipMap(node: ReadNode): readonly Label[] | undefined {
  if (node.opType !== 'ZipMap') return undefined;
  return (
    node.attribute('classlabels_strings')?.strings ?? node.attribute('classlabels_int64s')?.ints
  );
}

/** A list of labels from which the place of the largest output chooses. */
function fromChoice(node: ReadNode, graph: ReadGraph): readonly Label[] | undefined {
  if (node.opType !== 'ArrayFeatureExtractor' && node.opType !== 'Gather') return undefined;
  const [table, place = ''] = node.inputs;
  const nearest = graph.ancestors(place, MOST_STEPS);
  const isChoice = nearest.some(({ opType }) => opType === 'ArgMax');
  const constant = isChoice ? graph.constant(table) : undefined;
  if (constant === undefined) return undefined;
  return typeof constant.values[0] === 'string'
    ? (constant.values as readonly string[])
    : Array.from(constant.values as Float64Array);
}
