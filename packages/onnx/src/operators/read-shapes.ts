/** Operators that change no number of a matrix of rows, or only its type; and the two probabilities of a logistic output. */
import { ELEMENT_TYPES } from '../proto/messages.ts';
import type { ReadGraph, ReadNode } from '../in/graph.ts';
import { unchanged, type Reader, type Readers, type Reading } from '../in/stage.ts';

const FLOATING: readonly number[] = [ELEMENT_TYPES.float, ELEMENT_TYPES.double];

/** [N, D] → [N, D] in every form that exporters write. */
const reshape: Reader = (node, graph) => {
  const shape = Array.from((graph.constant(node.inputs[1])?.values ?? []) as Float64Array);
  const isRows = shape.length === 2 && (shape[0] === -1 || shape[0] === 0 || shape[1] === -1);
  return isRows
    ? unchanged(node)
    : `must keep rows as rows, and has the shape [${shape.join(', ')}]`;
};

export const SHAPE_READERS: Readers = {
  Identity: unchanged,
  Dropout: unchanged,
  Flatten: (node) =>
    node.number('axis', 1) === 1
      ? unchanged(node)
      : `must have the axis 1, and has ${node.number('axis', 1)}`,
  Reshape: reshape,
  Cast(node) {
    const to = node.number('to', 0);
    return FLOATING.includes(to)
      ? unchanged(node)
      : `must cast to float or double, and has the type code ${to}`;
  },
  ZipMap: unchanged,
  Concat: twoClasses,
};

/** Concat(1 − p, p): the two probabilities of a logistic output. */
function twoClasses(node: ReadNode, graph: ReadGraph): Reading | string {
  const [other = '', own = ''] = node.inputs;
  const difference = graph.producer(other);
  const isOther =
    difference?.opType === 'Sub' &&
    graph.scalar(difference.inputs[0]) === 1 &&
    difference.inputs[1] === own;
  return isOther && node.inputs.length === 2
    ? { from: own, stages: [{ kind: 'two-classes' }] }
    : 'must be the two probabilities 1 − p and p';
}
