/**
 * The functions that a module made from an example calls: they make the values that an example may use without declaring
 * them, and check the claims of its comments.
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

const ROWS = [
  { weight: 4, fur: 'long' },
  { weight: 30, fur: 'short' },
  { weight: 5, fur: 'short' },
];

const makeNetwork = (): Network =>
  network({ inputs: 2, layers: [dense(4, { activation: 'tanh' }), dense(2)] });

/** The values that an example may use without declaring them. Each is made anew for every example. */
export const context = {
  net: makeNetwork,
  x: (): number[][] => [
    [0.5, -1],
    [1, 0],
    [0, 1],
  ],
  y: (): number[][] => [
    [0, 1],
    [1, 0],
    [0, 1],
  ],
  out: (): Float32Array => new Float32Array(2),
  row: (): Float32Array => new Float32Array(2),
  rows: (): typeof ROWS => ROWS,
  labels: (): string[] =>
    Array.from({ length: 150 }, (_, index) => (index % 3 === 0 ? 'cat' : 'dog')),
  table: (): Table => tableFromRows(ROWS),
  bytes: (): Uint8Array => toSafetensors(makeNetwork()),
  model: (): Promise<FittedClassifier> =>
    new Classifier({ maxIter: 2 }).fit(ROWS, ['cat', 'dog', 'cat']),
  readFile: (): typeof readFile => readFile,
  use: (): ((value: unknown) => void) => () => undefined,
} as const;

/** Checks `value; // claim`. */
export function same(value: unknown, claim: unknown): void {
  expect(value).toEqual(claim);
}

/** Checks `console.log(…); // claim`. */
export function printed(claim: string, ...values: unknown[]): void {
  expect(format(...values)).toBe(claim);
}

/** Checks `statement; // Name: message`. If the claimed message ends in …, only its beginning is compared. */
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
