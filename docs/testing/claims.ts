/**
 * What a module made from an example calls: the values that examples may use unexplained, and the checks of what
 * their comments claim.
 */
import { readFile } from 'node:fs/promises';
import { format } from 'node:util';
import { expect } from 'vitest';
import {
  Classifier,
  dense,
  network,
  tableFromRows,
  toSafetensors,
  type FittedClassifier,
  type Network,
  type Table,
} from 'vinculum';

/** What examples may use unexplained, made anew for each. */
export interface ExampleContext {
  readonly net: Network;
  readonly x: number[][];
  readonly y: number[][];
  readonly out: Float32Array;
  readonly row: Float32Array;
  readonly rows: { readonly weight: number; readonly fur: string }[];
  readonly labels: string[];
  readonly table: Table;
  readonly bytes: Uint8Array;
  readonly model: FittedClassifier;
  readonly readFile: typeof readFile;
  readonly use: (value: unknown) => void;
}

export async function context(): Promise<ExampleContext> {
  const net = network({ inputs: 2, layers: [dense(4, { activation: 'tanh' }), dense(2)] });
  const rows = [
    { weight: 4, fur: 'long' },
    { weight: 30, fur: 'short' },
    { weight: 5, fur: 'short' },
  ];
  return {
    net,
    x: [
      [0.5, -1],
      [1, 0],
      [0, 1],
    ],
    y: [
      [0, 1],
      [1, 0],
      [0, 1],
    ],
    out: new Float32Array(2),
    row: new Float32Array(2),
    rows,
    labels: Array.from({ length: 150 }, (_, index) => (index % 3 === 0 ? 'cat' : 'dog')),
    table: tableFromRows(rows),
    bytes: toSafetensors(net),
    model: await new Classifier({ maxIter: 2 }).fit(rows, ['cat', 'dog', 'cat']),
    readFile,
    use: () => undefined,
  };
}

/** `value; // claim` */
export function same(value: unknown, claim: unknown): void {
  expect(value).toEqual(claim);
}

/** `console.log(…); // claim` */
export function printed(claim: string, ...values: unknown[]): void {
  expect(format(...values)).toBe(claim);
}

/** `statement; // Name: message`; a message that ends in … is the beginning. */
export async function throws(
  statement: () => unknown,
  name: string,
  message: string,
): Promise<void> {
  let thrown: unknown;
  try {
    await statement();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, `must throw ${name}: ${message}`).toBeInstanceOf(Error);
  const { name: actual, message: text } = thrown as Error;
  const shown = message.endsWith('…') ? `${text.slice(0, message.length - 1)}…` : text;
  expect(`${actual}: ${shown}`).toBe(`${name}: ${message}`);
}
