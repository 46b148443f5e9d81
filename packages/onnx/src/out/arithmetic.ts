/** Arithmetic on values of type double as nodes, so that a formula reads as one. A number is a constant. */
import type { GraphBuilder, Value } from './graph-builder.ts';

export type Term = Value | number;

/** The operations of a graph on doubles. */
export interface Arithmetic {
  readonly add: (left: Term, right: Term) => Value;
  readonly subtract: (left: Term, right: Term) => Value;
  readonly multiply: (left: Term, right: Term) => Value;
  /** left ÷ right. */
  readonly divide: (left: Term, right: Term) => Value;
  /** ⌊left ÷ right⌋. */
  readonly wholes: (left: Term, right: number) => Value;
  /** What is left of `left` after {@link wholes}; from 0 to below `right`. */
  readonly rest: (left: Term, right: number) => Value;
}

/** The arithmetic of a graph. */
export function arithmeticOf(graph: GraphBuilder): Arithmetic {
  const valueOf = (term: Term): Value =>
    typeof term === 'number' ? graph.scalar(term, 'double') : term;
  const binary =
    (opType: string) =>
    (left: Term, right: Term): Value =>
      graph.node(opType, [valueOf(left), valueOf(right)]);
  const [add, subtract] = [binary('Add'), binary('Sub')];
  const [multiply, divide] = [binary('Mul'), binary('Div')];
  const wholes = (left: Term, right: number): Value => graph.node('Floor', [divide(left, right)]);
  const rest = (left: Term, right: number): Value =>
    subtract(left, multiply(wholes(left, right), right));
  return { add, subtract, multiply, divide, wholes, rest };
}
